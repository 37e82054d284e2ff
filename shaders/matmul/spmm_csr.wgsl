// y (+)= A x + bias, A sparse in compressed rows; entries of the same place add up.
//   y[r,f] = bias[f] + sum over e in row_pointers[r] .. row_pointers[r+1] of values[e] * x[columns[e], f]
// x: (columns of A, F), y: (rows of A, F). One invocation: up to 4 neighbouring features of a row of y.
// Grid: rows * ceil(F / 4).
//#include "lib/grid.wgsl"
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
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  var rest = linear_id(id, workgroups, 64u);
  let first = 4u * next_coordinate(&rest, (params.features + 3u) / 4u);
  let row = rest;
  if (row >= params.rows) {
    return;
  }
  // Features past the last repeat it; their sums are not stored.
  let feature = min(first + vec4u(0u, 1u, 2u, 3u), vec4u(params.features - 1u));
  let end = row_pointers[row + 1u];
  var sum = vec4f();
  for (var e = row_pointers[row]; e < end; e++) {
    let at = u32(columns[e]) * params.features + feature;
    sum += values[e] * vec4f(x[at.x], x[at.y], x[at.z], x[at.w]);
  }
  for (var f = first; f < min(first + 4u, params.features); f++) {
    let i = row * params.features + f;
    var value = sum.x;
    if (params.has_bias != 0u) {
      value += bias[f];
    }
    if (params.accumulate != 0u) {
      value += y[i];
    }
    y[i] = value;
    sum = sum.yzww;
  }
}
