// y = softmax of every row: y_j = exp(x_j - max) / sum_k exp(x_k - max). x, y: (R,K). One invocation: a row.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  k: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row = linear_id(id, workgroups, 64u);
  if (row >= params.rows) {
    return;
  }
  let begin = row * params.k;
  let end = begin + params.k;
  // The sum is relative to the largest so far, which saves a pass over the row.
  var largest = x[begin];
  var sum = 1.0;
  for (var i = begin + 1u; i < end; i++) {
    let above = x[i] - largest;
    let e = exp(-abs(above));
    sum = select(sum + e, sum * e + 1.0, above > 0.0);
    largest = max(largest, x[i]);
  }
  for (var i = begin; i < end; i++) {
    y[i] = exp(x[i] - largest) / sum;
  }
}
