// Batch statistics, first stage, as batch_norm_partials.wgsl, for planes that are no whole groups of 4: one workgroup
// takes one chunk, and its lanes' sums are added as a tree.
// x: (N,C,P); partials: (batches, C, chunks).
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/workgroup_chunk.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec2f>;

var<workgroup> sums: array<vec2f, LANES>;

// Sum over all lanes.
fn total(lane: u32, value: vec2f) -> vec2f {
  sums[lane] = value;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      sums[lane] += sums[lane + half];
    }
  }
  let sum = workgroupUniformLoad(&sums[0]);
  workgroupBarrier();
  return sum;
}

@compute @workgroup_size(128)
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
  let pixels = chunk_pixels(unit.chunk);
  let base = unit.batch * params.x_stride;
  var sum = 0.0;
  for (var i = lane; i < pixels; i += LANES) {
    sum += x[base + element_of(unit, i)];
  }
  let count = f32(pixels);
  let mean = total(lane, vec2f(sum, 0.0)).x / count;
  var deviations = vec2f();
  for (var i = lane; i < pixels; i += LANES) {
    let deviation = x[base + element_of(unit, i)] - mean;
    deviations += vec2f(deviation, deviation * deviation);
  }
  let all = total(lane, deviations);
  if (lane == 0u) {
    partials[unit.batch * (params.partials_stride - params.channels * params.chunks) + number] =
      vec2f(mean + all.x / count, all.y - all.x * (all.x / count));
  }
}
