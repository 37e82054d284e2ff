// Gradient of batch norm, first stage, as batch_norm_grad_partials.wgsl: one workgroup takes one chunk
// (norm/lib/batch_chunks.wgsl), of a multiple of 4 pixels a plane.
// x, grad_output: (N,C,P) in groups of 4 pixels; moments: mean, then 1 / deviation; partials: (batches, C, chunks).
// For GPUs; software adapters: batch_norm_grad_partials.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/quad_chunk.wgsl"
//#include "norm/lib/lane_sums.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(3) var<storage, read> moments: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

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
  let at_moments = unit.batch * params.moments_stride + unit.channel;
  let mean = moments[at_moments];
  let inverse = moments[at_moments + params.channels];
  let x_first = unit.batch * params.x_stride / 4u;
  let grad_first = unit.batch * params.grad_stride / 4u;
  let quads = chunk_quads(unit);
  var sums = LaneSums();
  var walk = first_of_chunk(unit, lane);
  for (var i = lane; i < quads; i += LANES) {
    sums = add_quad(sums, grad_output[grad_first + walk.at], (x[x_first + walk.at] - mean) * inverse);
    walk = next_quad(walk);
  }
  let all = sum_of_lanes(lane, sums, LANES);
  if (lane == 0u) {
    partials[number] = as_part(all);
  }
}
