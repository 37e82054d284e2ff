// Batch statistics, second stage: combines the chunks of a channel (Chan's formula) into the mean and variance,
// and the scale and shift that normalise; updates the running statistics.
// partials: (C, chunks) of each batch; affine: scale, then shift; moments: mean, then 1 / deviation, C floats each.
// One invocation: one channel of one batch.
// For software adapters; GPUs: batch_norm_finalize_workgroup.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_moments.wgsl"

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var rest = id.x;
  let channel = next_coordinate(&rest, params.channels);
  let batch = rest;
  if (batch >= params.batches) {
    return;
  }
  let first = batch * params.partials_stride + channel * params.chunks;
  var all = Moments();
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    all = combine(all, chunk_moments(first, chunk));
  }
  store_statistics(batch, channel, all);
}
