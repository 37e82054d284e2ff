// The rate of copying: y = x.
// x, y: n vec4s. One invocation: PER neighbours.
//#include "lib/grid.wgsl"
override PER: u32 = 1u;
struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let begin = PER * linear_id(id, workgroups, 64u);
  let end = min(begin + PER, params.n);
  for (var i = begin; i < end; i++) {
    y[i] = x[i];
  }
}
