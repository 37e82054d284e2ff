// Mean and sum of squared deviations of 16 values: a chunk of batch norm's first stage (batch_norm_partials.wgsl), for
// kernels that have it at hand.
//#include "conv/lib/sum_of.wgsl"
fn moments_of(v: mat4x4f) -> vec2f {
  let mean = sum_of((v[0] + v[1]) + (v[2] + v[3])) / 16.0;
  let d0 = v[0] - mean;
  let d1 = v[1] - mean;
  let d2 = v[2] - mean;
  let d3 = v[3] - mean;
  let rest = sum_of((d0 + d1) + (d2 + d3));
  let squares = sum_of((d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3));
  return vec2f(mean + rest / 16.0, squares - rest * (rest / 16.0));
}
