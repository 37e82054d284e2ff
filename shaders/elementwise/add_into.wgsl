// y = x, or y += x: gradients that meet.
// x, y: n floats. One invocation: 4 neighbours.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let begin = 4u * linear_id(id, workgroups, 64u);
  let end = min(begin + 4u, params.n);
  for (var i = begin; i < end; i++) {
    y[i] = x[i] + select(0.0, y[i], params.accumulate != 0u);
  }
}
