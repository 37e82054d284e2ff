// grad_x[p,i] (+)= grad_y[p] / pixels. grad_x: (P,pixels), in groups of 4, grad_y: (P). One invocation: a plane.
// No two write to one group: to write a part of a vector may touch all of it.
//#include "lib/grid.wgsl"
struct Params {
  planes: u32,
  pixels: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<f32>;
@group(0) @binding(2) var<storage, read_write> grad_x: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let plane = linear_id(id, workgroups, 64u);
  if (plane >= params.planes) {
    return;
  }
  let share = grad_y[plane] / f32(params.pixels);
  let accumulate = params.accumulate != 0u;
  // the groups that begin in the plane, of which the last may reach into the next ones
  let begin = (plane * params.pixels + 3u) / 4u;
  let whole = max(begin, (plane + 1u) * params.pixels / 4u);
  let end = ((plane + 1u) * params.pixels + 3u) / 4u;
  // Two loops, because one of no turns is skipped even by adapters that execute both sides of a branch.
  for (var i = select(begin, whole, accumulate); i < whole; i++) {
    grad_x[i] = vec4f(share);
  }
  for (var i = select(whole, begin, accumulate); i < whole; i++) {
    grad_x[i] += share;
  }
  for (var i = whole; i < end; i++) {
    let owner = min((4u * i + vec4u(0u, 1u, 2u, 3u)) / params.pixels, vec4u(params.planes - 1u));
    let shares = vec4f(grad_y[owner.x], grad_y[owner.y], grad_y[owner.z], grad_y[owner.w]) / f32(params.pixels);
    grad_x[i] = shares + select(vec4f(), grad_x[i], accumulate);
  }
}
