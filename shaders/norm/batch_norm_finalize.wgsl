// Batch statistics, second stage: combines the chunks of a channel (Chan's formula) into the mean and variance,
// and the scale and shift that normalise; updates the running statistics.
// partials: (C, chunks) of each batch; affine: scale, then shift; moments: mean, then 1 / deviation, C floats each.
// One invocation: one channel of one batch. For software adapters.
//#include "lib/divide.wgsl"
//#include "norm/lib/batch_norm_params.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/batch_moments.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = divide(id.x, params.channels);
  if (at.x >= params.batches) {
    return;
  }
  let first = at.x * params.partials_stride + at.y * params.chunks;
  var all = Moments();
  for (var k = 0u; k < params.chunks; k++) {
    all = combine(all, moments_at(first, k));
  }
  finish(at.x, at.y, all);
}
