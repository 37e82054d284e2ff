// grad_x[p,i] (+)= grad_y[p] / pixels. grad_x: (P,pixels), grad_y: (P). One invocation: a pixel.
//#include "lib/linear.wgsl"
struct Params {
  planes: u32,
  pixels: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad_x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linear_id(id, groups, 64u);
  if (i >= params.planes * params.pixels) {
    return;
  }
  var grad = grad_y[i / params.pixels] / f32(params.pixels);
  if (params.accumulate != 0u) {
    grad += grad_x[i];
  }
  grad_x[i] = grad;
}
