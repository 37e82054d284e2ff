// partials[p] = sum of squares of every partials_count-th group of 4 of x, beginning at group p.
// x: quads groups of 4 floats. One invocation: a partial sum; neighbours read neighbours.
//#include "lib/grid.wgsl"
struct Params {
  quads: u32,
  partials_count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let p = linear_id(id, workgroups, 64u);
  if (p >= params.partials_count) {
    return;
  }
  var sums = vec4f(0);
  for (var i = p; i < params.quads; i += params.partials_count) {
    sums += x[i] * x[i];
  }
  partials[p] = (sums.x + sums.y) + (sums.z + sums.w);
}
