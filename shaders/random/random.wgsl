// Fills y with random numbers: element i is from word `position + i` of the host's stream (src/core/rng.ts), position
// a multiple of 4. KIND 0: center + spread (2u - 1), u uniform in [0, 1); exact, hence the host's bits, where center is
// 0 or both are 1/2. KIND 1: center + spread z, z standard normal (Box and Muller, 1958), two from two words.
// y: n floats. One invocation: 4 neighbours.
//#include "lib/grid.wgsl"
//#include "random/lib/philox.wgsl"
override KIND: u32 = 0u;

struct Params {
  n: u32,
  // The 64-bit number of the first block of 4 words, in two halves.
  block_low: u32,
  block_high: u32,
  stream: u32,
  key_low: u32,
  key_high: u32,
  center: f32,
  spread: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

const TWO_PI = 6.283185307179586f;

// Two normal numbers from two words; 1 - u is never 0.
fn box_muller(a: u32, b: u32) -> vec2f {
  let radius = sqrt(-2.0 * log(1.0 - uniform24(a)));
  let angle = TWO_PI * uniform24(b);
  return radius * vec2f(cos(angle), sin(angle));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let quad = linear_id(id, workgroups, 64u);
  if (4u * quad >= params.n) {
    return;
  }
  let low = params.block_low + quad;
  let carry = u32(low < quad);
  let counter = vec4u(low, params.block_high + carry, params.stream, 0u);
  let words = philox4x32_10(counter, vec2u(params.key_low, params.key_high));
  var values: vec4f;
  if (KIND == 1u) {
    values = vec4f(box_muller(words.x, words.y), box_muller(words.z, words.w));
  } else {
    for (var j = 0; j < 4; j++) {
      values[j] = 2.0 * uniform24(words[j]) - 1.0;
    }
  }
  values = params.center + params.spread * values;
  for (var j = 0u; j < min(4u, params.n - 4u * quad); j++) {
    y[4u * quad + j] = values[j];
  }
}
