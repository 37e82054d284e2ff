// y (+)= A x + bias, A sparse in compressed rows; entries of the same place add up.
//   y[r,f] = bias[f] + sum over e in row_pointers[r] .. row_pointers[r+1] of values[e] * x[columns[e], f]
// x: (columns of A, F), y: (rows of A, F). One invocation: an element of y.
//#include "lib/linear.wgsl"
struct Params {
  rows: u32,
  features: u32,
  has_bias: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<f32>;
@group(0) @binding(2) var<storage, read> row_pointers: array<i32>;
@group(0) @binding(3) var<storage, read> columns: array<i32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linear_id(id, groups, 64u);
  if (i >= params.rows * params.features) {
    return;
  }
  let row = i / params.features;
  let feature = i % params.features;
  var sum = 0.0;
  for (var e = row_pointers[row]; e < row_pointers[row + 1u]; e++) {
    sum += values[e] * x[u32(columns[e]) * params.features + feature];
  }
  if (params.has_bias != 0u) {
    sum += bias[feature];
  }
  if (params.accumulate != 0u) {
    sum += y[i];
  }
  y[i] = sum;
}
