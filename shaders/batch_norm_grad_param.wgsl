// Gradient of batch norm with respect to beta, sum g, or gamma, sum g x^. partials: (C, chunks) as
// lib/batch_norm_sums.wgsl says. One invocation: one channel.
//#include "lib/double_float.wgsl"
//#include "lib/batch_norm_sums.wgsl"
struct Params {
  channels: u32,
  count: u32,
  chunks: u32,
  gamma: u32,
  training: u32,
  accumulate: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> grad: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x;
  if (c >= params.channels) {
    return;
  }
  let sums = total_sums(c * params.chunks, params.chunks);
  var sum = sums.x + sums.y;
  if (params.gamma != 0u) {
    // the batch's x^ is centred but for rounding
    let off_centre = select(0.0, sums.w / f32(params.count), params.training != 0u);
    sum = sums.z - sum * off_centre;
  }
  grad[c] = sum + select(0.0, grad[c], params.accumulate != 0u);
}
