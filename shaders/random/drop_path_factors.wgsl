// factors[i] = 1 / keep with probability keep, else 0. settings: keep; random numbers come from block
// (step, i / 4) of the stream. factors: n floats. One invocation: 4 neighbours.
//#include "lib/grid.wgsl"
//#include "random/lib/philox.wgsl"
struct Params {
  n: u32,
  stream: u32,
  key_low: u32,
  key_high: u32,
}
struct Settings {
  keep: f32,
  step: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> settings: Settings;
@group(0) @binding(2) var<storage, read_write> factors: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  let counter = vec4u(quad, settings.step, params.stream, 0u);
  let words = philox4x32_10(counter, vec2u(params.key_low, params.key_high));
  for (var j = 0u; 4u * quad + j < params.n && j < 4u; j++) {
    factors[4u * quad + j] = select(0.0, 1.0 / settings.keep, uniform24(words[j]) < settings.keep);
  }
}
