// Batch statistics, first stage, as batch_norm_partials.wgsl: one workgroup takes one chunk
// (norm/lib/batch_chunks.wgsl), of a multiple of 4 pixels a plane, and its lanes' sums are added as a tree.
// x: (N,C,P) in groups of 4 pixels; partials: (batches, C, chunks).
// For GPUs; software adapters: batch_norm_partials.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/quad_chunk.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec2f>;

var<workgroup> sums: array<vec2f, LANES>;

@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let number = workgroup_index(workgroup, workgroups);
  let unit = unit_at(number);
  if (!unit.exists) {
    return;
  }
  let first = unit.batch * params.x_stride / 4u;
  // near the mean, so that what the sums cancel at the end is small
  let origin = x[first + first_of_chunk(unit, 0u).at];
  let shift = (origin.x + origin.y + origin.z + origin.w) / 4.0;
  let quads = chunk_quads(unit);
  var rests = vec4f();
  var squares = vec4f();
  var walk = first_of_chunk(unit, lane);
  for (var i = lane; i < quads; i += LANES) {
    let rest = x[first + walk.at] - shift;
    rests += rest;
    squares += rest * rest;
    walk = next_quad(walk);
  }
  sums[lane] = vec2f(
    (rests.x + rests.y) + (rests.z + rests.w),
    (squares.x + squares.y) + (squares.z + squares.w),
  );
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  if (lane == 0u) {
    let all = sums[0];
    let rest = all.x / f32(4u * quads);
    partials[unit.batch * (params.partials_stride - params.channels * params.chunks) + number] =
      vec2f(shift + rest, all.y - all.x * rest);
  }
}
