// y[j] (+)= sum over rows of x[r,j]. x: (R,columns). One invocation: a column.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  columns: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let column = linear_id(id, workgroups, 64u);
  if (column >= params.columns) {
    return;
  }
  var sum = 0.0;
  for (var r = 0u; r < params.rows; r++) {
    sum += x[r * params.columns + column];
  }
  if (params.accumulate != 0u) {
    sum += y[column];
  }
  y[column] = sum;
}
