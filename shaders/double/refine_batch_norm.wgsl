// y + y_low = gamma (x + x_low - mean) / deviation + beta to twice the precision of f32.
// x, x_low, y, y_low: (N, C, P) of n values, P pixels a plane; moments2: (C) of mean and 1 / deviation, each with
// its low part. One invocation: one value.
//#include "lib/grid.wgsl"
//#include "lib/double_float.wgsl"
struct Params {
  n: u32,
  channels: u32,
  pixels: u32,
  has_gamma: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x_low: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> beta: array<f32>;
@group(0) @binding(5) var<storage, read> moments2: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<storage, read_write> y_low: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n) {
    return;
  }
  let channel = i / params.pixels % params.channels;
  let m = moments2[channel];
  var value = multiply2(add2(vec2f(x[i], x_low[i]), -m.xy), m.zw);
  if (params.has_gamma != 0u) {
    value = add2(multiply2(value, vec2f(gamma[channel], 0.0)), vec2f(beta[channel], 0.0));
  }
  y[i] = value.x;
  y_low[i] = value.y;
}
