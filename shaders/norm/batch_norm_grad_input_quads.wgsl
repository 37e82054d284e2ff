// Gradient of batch norm, second stage, with respect to x (norm/lib/batch_norm_grad.wgsl): one workgroup takes one
// chunk (norm/lib/batch_chunks.wgsl), of a multiple of 4 pixels a plane. Where a chunk is a whole channel there is no
// first stage: the workgroup makes its sums itself, and leaves them in partials.
// x, grad_output, grad_input: (N,C,P) in groups of 4 pixels; partials: (batches, C, chunks).
// For GPUs; software adapters: batch_norm_grad_input.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/quad_chunk.wgsl"
//#include "norm/lib/lane_sums.wgsl"
//#include "norm/lib/batch_norm_terms.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> moments: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> grad_input: array<vec4f>;

// With `accumulate` the gradient is added to what is there.
override ACCUMULATE: bool = false;
// A chunk is a whole channel, whose sums are not known yet.
override ALONE: bool = false;

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
  let x_first = unit.batch * params.x_stride / 4u;
  let grad_first = unit.batch * params.grad_stride / 4u;
  let result_first = unit.batch * params.grad_input_stride / 4u;
  let quads = chunk_quads(unit);
  let begin = first_of_chunk(unit, lane);
  var terms = plain_terms(unit.batch, unit.channel);
  var sums = LaneSums();
  var lanes = LANES;
  if (ALONE) {
    var walk = begin;
    for (var i = lane; i < quads; i += LANES) {
      let normal = (x[x_first + walk.at] - terms.mean) * terms.inverse;
      sums = add_quad(sums, grad_output[grad_first + walk.at], normal);
      walk = next_quad(walk);
    }
  } else {
    let first = (unit.batch * params.channels + unit.channel) * params.chunks;
    for (var chunk = lane; chunk < params.chunks; chunk += LANES) {
      sums = add_part(sums, partials[first + chunk]);
    }
    lanes = min(LANES, params.chunks);
  }
  let all = as_part(sum_of_lanes(lane, sums, lanes));
  if (ALONE && lane == 0u) {
    partials[number] = all;
  }
  if (params.training != 0u) {
    terms = with_sums(terms, all);
  }
  var walk = begin;
  for (var i = lane; i < quads; i += LANES) {
    let normal = (x[x_first + walk.at] - terms.mean) * terms.inverse;
    let centred = (grad_output[grad_first + walk.at] - terms.coarse) - (normal * terms.covariance + terms.fine);
    var grad = terms.scale * centred;
    if (ACCUMULATE) {
      grad += grad_input[result_first + walk.at];
    }
    grad_input[result_first + walk.at] = grad;
    walk = next_quad(walk);
  }
}
