// grad_x[p,i] (+)= grad_y[p] / pixels. grad_x: (P,pixels), grad_y: (P). One invocation: a plane.
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
  let plane = linear_id(id, groups, 64u);
  if (plane >= params.planes) {
    return;
  }
  let share = grad_y[plane] / f32(params.pixels);
  for (var i = plane * params.pixels; i < (plane + 1u) * params.pixels; i++) {
    grad_x[i] = share + select(0.0, grad_x[i], params.accumulate != 0u);
  }
}
