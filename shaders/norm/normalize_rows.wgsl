// y = x / |x| of every row, |x| = sqrt(sum of squares + 1e-12).
// x, y: (R,F). One invocation: a row.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  features: u32,
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
  let begin = row * params.features;
  let end = begin + params.features;
  var squares = 1e-12;
  for (var i = begin; i < end; i++) {
    squares += x[i] * x[i];
  }
  let scale = 1.0 / sqrt(squares);
  for (var i = begin; i < end; i++) {
    y[i] = x[i] * scale;
  }
}
