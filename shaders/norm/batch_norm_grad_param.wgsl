// Gradients of batch norm with respect to gamma, sum g x^, and beta, sum g. partials: (C, chunks) as
// norm/lib/batch_norm_sums.wgsl says. One invocation: one channel.
//#include "norm/lib/batch_norm_sums.wgsl"
struct Params {
  channels: u32,
  count: u32,
  chunks: u32,
  training: u32,
  accumulate_gamma: u32,
  accumulate_beta: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> grad_gamma: array<f32>;
@group(0) @binding(3) var<storage, read_write> grad_beta: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x;
  if (channel >= params.channels) {
    return;
  }
  let sums = total_sums(channel * params.chunks, params.chunks);
  let sum = sums.x + sums.y;
  // the batch's x^ is centred but for rounding
  let off_centre = select(0.0, sums.w / f32(params.count), params.training != 0u);
  let normalised_sum = sums.z - sum * off_centre;
  grad_gamma[channel] = normalised_sum + select(0.0, grad_gamma[channel], params.accumulate_gamma != 0u);
  grad_beta[channel] = sum + select(0.0, grad_beta[channel], params.accumulate_beta != 0u);
}
