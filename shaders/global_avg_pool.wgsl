// y[p] = mean of plane p. x: (P,pixels), y: (P). One invocation: a plane.
//#include "lib/linear.wgsl"
struct Params {
  planes: u32,
  pixels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let plane = linear_id(id, groups, 64u);
  if (plane >= params.planes) {
    return;
  }
  var sum = 0.0;
  for (var i = plane * params.pixels; i < (plane + 1u) * params.pixels; i++) {
    sum += x[i];
  }
  y[plane] = sum / f32(params.pixels);
}
