// grad_weight[v] (+)= sum of grad_y[r] over the rows r with index[r] = v, in order.
// grad_weight: (V,E), index: (R), grad_y: (R,E). One invocation: an element of grad_weight.
//#include "lib/grid.wgsl"
struct Params {
  entries: u32,
  rows: u32,
  width: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> grad_weight: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.entries * params.width) {
    return;
  }
  let entry = i32(i / params.width);
  let column = i % params.width;
  var sum = 0.0;
  for (var r = 0u; r < params.rows; r++) {
    if (index[r] == entry) {
      sum += grad_y[r * params.width + column];
    }
  }
  if (params.accumulate != 0u) {
    sum += grad_weight[i];
  }
  grad_weight[i] = sum;
}
