// Batch statistics, second stage, as batch_norm_finalize.wgsl, for GPUs: the lanes of a workgroup each combine some of
// a channel's chunks, and then each other's.
// partials: (C, chunks) of each batch; affine: scale, then shift; moments: mean, then 1 / deviation, C floats each.
// One workgroup: one channel of one batch.
//#include "lib/divide.wgsl"
//#include "lib/batch_norm_params.wgsl"
//#include "lib/batch_chunks.wgsl"
//#include "lib/batch_moments.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<vec2f>;
@group(0) @binding(2) var<storage, read> gamma: array<f32>;
@group(0) @binding(3) var<storage, read> beta: array<f32>;
@group(0) @binding(4) var<storage, read_write> affine: array<f32>;
@group(0) @binding(5) var<storage, read_write> moments: array<f32>;
@group(0) @binding(6) var<storage, read_write> running_mean: array<f32>;
@group(0) @binding(7) var<storage, read_write> running_var: array<f32>;

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
