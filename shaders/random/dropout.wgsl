// y (+)= factor[i] x[i], factor[i] = 1 / keep with probability keep, else 0: from block (i / 4, step) of the stream, so
// that the gradient, the same with x = grad_y, finds the same factors and nobody keeps them.
// x, y: n floats in groups of 4. One invocation: 4 neighbours.
//#include "lib/grid.wgsl"
//#include "random/lib/philox.wgsl"
struct Params {
  n: u32,
  keep: f32,
  stream: u32,
  key_low: u32,
  key_high: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> step: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  if (4u * quad >= params.n) {
    return;
  }
  let counter = vec4u(quad, step[0], params.stream, 0u);
  let words = philox4x32_10(counter, vec2u(params.key_low, params.key_high));
  let draws = vec4f(uniform24(words.x), uniform24(words.y), uniform24(words.z), uniform24(words.w));
  var value = select(vec4f(0), vec4f(1.0 / params.keep), draws < vec4f(params.keep)) * x[quad];
  if (params.accumulate != 0u) {
    value += y[quad];
  }
  y[quad] = value;
}
