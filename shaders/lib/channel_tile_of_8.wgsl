// Sums of CHANNELS channels x 8 places, each with a factor of its own. Needs factor(at: u32) -> f32.
//#include "lib/channel_tile.wgsl"
alias Sums = mat2x4f;
alias Factor = f32;
alias Values = mat2x4f;

// fma: written with * and +, the same sums run slower on llvmpipe.
fn multiply_add(sums: mat2x4f, f: f32, v: mat2x4f) -> mat2x4f {
  return mat2x4f(fma(vec4f(f), v[0], sums[0]), fma(vec4f(f), v[1], sums[1]));
}
