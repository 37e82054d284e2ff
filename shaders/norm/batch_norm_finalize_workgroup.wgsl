// Batch statistics, second stage, as batch_norm_finalize.wgsl, for GPUs: the lanes of a workgroup each combine some of
// a channel's chunks, and then each other's.
// partials: (C, chunks) of each batch; affine: scale, then shift; moments: mean, then 1 / deviation, C floats each.
// One workgroup: one channel of one batch.
//#include "lib/divide.wgsl"
//#include "norm/lib/batch_norm_params.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/batch_moments.wgsl"

const LANES = 64u;
var<workgroup> lanes: array<Moments, LANES>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32, @builtin(workgroup_id) group: vec3u) {
  let at = divide(group.x, params.channels);
  if (at.x >= params.batches) {
    return;
  }
  let first = at.x * params.partials_stride + at.y * params.chunks;
  var some = Moments();
  for (var k = lane; k < params.chunks; k += LANES) {
    some = combine(some, moments_at(first, k));
  }
  lanes[lane] = some;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      lanes[lane] = combine(lanes[lane], lanes[lane + half]);
    }
  }
  if (lane == 0u) {
    finish(at.x, at.y, lanes[0]);
  }
}
