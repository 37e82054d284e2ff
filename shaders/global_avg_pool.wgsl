// y[p] = mean of plane p. x: (P,pixels), in groups of 4, y: (P). One invocation: a plane.
//#include "lib/linear.wgsl"
//#include "lib/plane_quads.wgsl"
struct Params {
  planes: u32,
  pixels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let plane = linear_id(id, groups, 64u);
  if (plane >= params.planes) {
    return;
  }
  let quads = plane_quads(plane, params.pixels);
  var sums = vec4f();
  for (var i = quads.first; i < quads.end; i++) {
    sums += x[i];
  }
  var sum = (sums.x + sums.y) + (sums.z + sums.w);
  for (var j = 0u; j < quads.edges; j++) {
    let i = edge_at(quads, j);
    sum += x[i / 4u][i % 4u];
  }
  y[plane] = sum / f32(params.pixels);
}
