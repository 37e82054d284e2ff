// 1x1 convolutions by tiles of some result channels x 16 pixels. Needs `weight`.
//#include "lib/channel_tile.wgsl"
alias Pixels = mat4x4f;

// fma: written with * and +, the same sums run slower on llvmpipe.
fn multiply_add(acc: mat4x4f, w: f32, v: mat4x4f) -> mat4x4f {
  let m = vec4f(w);
  return mat4x4f(fma(m, v[0], acc[0]), fma(m, v[1], acc[1]), fma(m, v[2], acc[2]), fma(m, v[3], acc[3]));
}
