// grad_x[p,i] (+)= grad_y[p] / pixels. grad_x: (P,pixels), in groups of 4, grad_y: (P). One invocation: a plane.
//#include "lib/linear.wgsl"
//#include "lib/plane_quads.wgsl"
struct Params {
  planes: u32,
  pixels: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad_x: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let plane = linear_id(id, groups, 64u);
  if (plane >= params.planes) {
    return;
  }
  let share = grad_y[plane] / f32(params.pixels);
  let accumulate = params.accumulate != 0u;
  let quads = plane_quads(plane, params.pixels);
  // Two loops, because one of no turns is skipped even by adapters that execute both sides of a branch.
  for (var i = select(quads.first, quads.end, accumulate); i < quads.end; i++) {
    grad_x[i] = vec4f(share);
  }
  for (var i = select(quads.end, quads.first, accumulate); i < quads.end; i++) {
    grad_x[i] += share;
  }
  for (var j = 0u; j < quads.edges; j++) {
    let i = edge_at(quads, j);
    grad_x[i / 4u][i % 4u] = share + select(0.0, grad_x[i / 4u][i % 4u], accumulate);
  }
}
