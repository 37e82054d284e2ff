// 1x1 convolutions by tiles of some result channels x 16 pixels. Needs `weight`.
//#include "lib/channel_tile.wgsl"
alias Sums = mat4x4f;
alias Factor = f32;
alias Values = mat4x4f;

fn factor(at: u32) -> f32 {
  return weight[at];
}

// fma: written with * and +, the same sums run slower on llvmpipe.
fn multiply_add(sums: mat4x4f, w: f32, v: mat4x4f) -> mat4x4f {
  let m = vec4f(w);
  return mat4x4f(fma(m, v[0], sums[0]), fma(m, v[1], sums[1]), fma(m, v[2], sums[2]), fma(m, v[3], sums[3]));
}
