// Scale and shift of a batch norm that uses its running statistics.
// affine: scale, then shift; moments: mean, then 1 / deviation, C floats each. One invocation: one channel.
struct Params {
  channels: u32,
  eps: f32,
  has_gamma: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> running_mean: array<f32>;
@group(0) @binding(2) var<storage, read> running_var: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> beta: array<f32>;
@group(0) @binding(5) var<storage, read_write> affine: array<f32>;
@group(0) @binding(6) var<storage, read_write> moments: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x;
  if (channel >= params.channels) {
    return;
  }
  let mean = running_mean[channel];
  let inverse = 1.0 / sqrt(running_var[channel] + params.eps);
  var scale = inverse;
  var shift = -mean * scale;
  if (params.has_gamma != 0u) {
    scale = gamma[channel] * inverse;
    shift = beta[channel] - mean * scale;
  }
  affine[channel] = scale;
  affine[params.channels + channel] = shift;
  moments[channel] = mean;
  moments[params.channels + channel] = inverse;
}
