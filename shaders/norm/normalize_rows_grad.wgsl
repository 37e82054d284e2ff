// grad_x (+)= (grad_y - y (y . grad_y)) / |x| of every row, |x| as in normalize_rows.wgsl.
// All: (R,F). One invocation: a row.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  features: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> y: array<f32>;
@group(0) @binding(3) var<storage, read> grad_y: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad_x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row = linear_id(id, workgroups, 64u);
  if (row >= params.rows) {
    return;
  }
  let begin = row * params.features;
  let end = begin + params.features;
  var squares = 1e-12;
  var along = 0.0;
  for (var i = begin; i < end; i++) {
    squares += x[i] * x[i];
    along += y[i] * grad_y[i];
  }
  let scale = 1.0 / sqrt(squares);
  for (var i = begin; i < end; i++) {
    let grad = (grad_y[i] - y[i] * along) * scale;
    grad_x[i] = grad + select(0.0, grad_x[i], params.accumulate != 0u);
  }
}
