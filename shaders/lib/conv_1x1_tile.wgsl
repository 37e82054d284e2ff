// 1x1 convolutions by tiles of some result channels x 16 pixels, which stay in the registers of one invocation.

// One result channel. fma: written with * and +, the same sums run slower on llvmpipe.
fn multiply_add(acc: mat4x4f, w: f32, v: mat4x4f) -> mat4x4f {
  let m = vec4f(w);
  return mat4x4f(fma(m, v[0], acc[0]), fma(m, v[1], acc[1]), fma(m, v[2], acc[2]), fma(m, v[3], acc[3]));
}

// Weight offsets of the result channels after r; channels from `end` on repeat the last.
fn weight_steps(r: u32, end: u32) -> vec4u {
  return min(vec4u(1u, 2u, 3u, 4u), vec4u(end - 1u - r)) * params.weight_result;
}
