// Batch statistics, second stage: combines the chunks of a channel (Chan's formula) into the mean and variance,
// and the scale and shift that normalise; updates the running statistics.
// partials: (batches, C, chunks); affine: scale, then shift; moments: mean, then 1 / deviation, C floats each.
// One invocation: one channel of one batch.
//#include "lib/divide.wgsl"
//#include "lib/batch_norm_params.wgsl"
//#include "lib/batch_chunks.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec2f>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> beta: array<f32>;
@group(0) @binding(4) var<storage, read_write> affine: array<f32>;
@group(0) @binding(5) var<storage, read_write> moments: array<f32>;
@group(0) @binding(6) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(7) var<storage, read_write> running_var: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = divide(id.x, params.channels);
  if (at.x >= params.batches) {
    return;
  }
  let c = at.y;
  var count = 0.0;
  var mean = 0.0;
  var deviations = 0.0;
  for (var k = 0u; k < params.chunks; k++) {
    let part = partials[id.x * params.chunks + k];
    let part_count = chunk_count(chunk_at(k));
    let delta = part.x - mean;
    let total = count + part_count;
    mean += delta * (part_count / total);
    deviations += part.y + delta * delta * (count * part_count / total);
    count = total;
  }
  let variance = deviations / count;
  let inverse = 1.0 / sqrt(variance + params.eps);
  var scale = inverse;
  var shift = -mean * scale;
  if (params.has_gamma != 0u) {
    scale = gamma[c] * inverse;
    shift = beta[c] - mean * scale;
  }
  let first = at.x * params.moments_stride + c;
  affine[first] = scale;
  affine[first + params.channels] = shift;
  moments[first] = mean;
  moments[first + params.channels] = inverse;
  if (params.has_running != 0u) {
    let unbiased = deviations / max(count - 1.0, 1.0);
    running_mean[c] += params.momentum * (mean - running_mean[c]);
    running_var[c] += params.momentum * (unbiased - running_var[c]);
  }
}
