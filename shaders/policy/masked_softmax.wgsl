// y = softmax of every row over the entries that its mask allows, 0 elsewhere: y_j = m_j exp(x_j - max) / sum_k
// m_k exp(x_k - max), the maximum among the allowed. x, y: (R,K), mask: (R,K) of 0 and 1. One invocation: a row.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  k: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row = linear_id(id, workgroups, 64u);
  if (row >= params.rows) {
    return;
  }
  let begin = row * params.k;
  let end = begin + params.k;
  var largest = -3.4e38;
  for (var i = begin; i < end; i++) {
    if (mask[i] != 0) {
      largest = max(largest, x[i]);
    }
  }
  var sum = 0.0;
  for (var i = begin; i < end; i++) {
    var e = 0.0;
    if (mask[i] != 0) {
      e = exp(x[i] - largest);
    }
    y[i] = e;
    sum += e;
  }
  for (var i = begin; i < end; i++) {
    y[i] /= sum;
  }
}
