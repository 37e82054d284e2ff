// grad_x_j (+)= y_j (grad_y_j - sum_k y_k grad_y_k), per row. All: (R,K). One invocation: a row.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  k: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> y: array<f32>;
@group(0) @binding(2) var<storage, read> grad_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row = linear_id(id, workgroups, 64u);
  if (row >= params.rows) {
    return;
  }
  let begin = row * params.k;
  let end = begin + params.k;
  var mean = 0.0;
  for (var i = begin; i < end; i++) {
    mean += y[i] * grad_y[i];
  }
  // Two loops, because one of no turns is skipped even by adapters that execute both sides of a branch.
  let accumulate = params.accumulate != 0u;
  for (var i = select(begin, end, accumulate); i < end; i++) {
    grad_x[i] = y[i] * (grad_y[i] - mean);
  }
  for (var i = select(end, begin, accumulate); i < end; i++) {
    grad_x[i] += y[i] * (grad_y[i] - mean);
  }
}
