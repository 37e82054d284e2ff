// Batch statistics, second stage, as batch_norm_finalize.wgsl: the lanes of a workgroup each combine some of a
// channel's chunks, and then each other's.
// partials: (C, chunks) of each batch; affine: scale, then shift; moments: mean, then 1 / deviation, C floats each.
// One workgroup: one channel of one batch.
// For GPUs; software adapters: batch_norm_finalize.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_moments.wgsl"

const LANES = 64u;
var<workgroup> combined: array<Moments, LANES>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) workgroup: vec3u) {
  var rest = workgroup.x;
  let channel = next_coordinate(&rest, params.channels);
  let batch = rest;
  if (batch >= params.batches) {
    return;
  }
  let first = batch * params.partials_stride + channel * params.chunks;
  var some = Moments();
  for (var chunk = lane; chunk < params.chunks; chunk += LANES) {
    some = combine(some, chunk_moments(first, chunk));
  }
  combined[lane] = some;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      combined[lane] = combine(combined[lane], combined[lane + half]);
    }
  }
  if (lane == 0u) {
    store_statistics(batch, channel, combined[0]);
  }
}
