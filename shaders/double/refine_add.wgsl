// y + y_low = relu?((a + a_low) + (b + b_low)), or of a alone, to twice the precision of f32. All: n floats.
// One invocation: one value.
//#include "lib/grid.wgsl"
//#include "lib/double_float.wgsl"
struct Params {
  n: u32,
  has_b: u32,
  has_a_low: u32,
  has_b_low: u32,
  relu: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> a_low: array<f32>;
@group(0) @binding(3) var<storage, read> b: array<f32>;
@group(0) @binding(4) var<storage, read> b_low: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;
@group(0) @binding(6) var<storage, read_write> y_low: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n) {
    return;
  }
  var sum = vec2f(a[i], select(0.0, a_low[i], params.has_a_low != 0u));
  if (params.has_b != 0u) {
    sum = add2(sum, vec2f(b[i], select(0.0, b_low[i], params.has_b_low != 0u)));
  }
  if (params.relu != 0u) {
    sum = relu2(sum);
  }
  y[i] = sum.x;
  y_low[i] = sum.y;
}
