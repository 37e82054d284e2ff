// y[r] = weight[index[r]]. weight: (V,E), index: (R), y: (R,E). One invocation: an element of y.
//#include "lib/grid.wgsl"
struct Params {
  rows: u32,
  width: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
@group(0) @binding(2) var<storage, read> index: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i < params.rows * params.width) {
    y[i] = weight[u32(index[i / params.width]) * params.width + i % params.width];
  }
}
