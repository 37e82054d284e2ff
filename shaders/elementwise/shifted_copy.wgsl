// y[i] (+)= x[i + shift], or 0 where x has no such element. x: x_count floats, y: n floats.
// One invocation: an element of y.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  x_count: i32,
  shift: i32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n) {
    return;
  }
  let source = i32(i) + params.shift;
  var value = 0.0;
  if (source >= 0 && source < params.x_count) {
    value = x[source];
  }
  if (params.accumulate != 0u) {
    value += y[i];
  }
  y[i] = value;
}
