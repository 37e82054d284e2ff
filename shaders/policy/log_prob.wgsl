// y = sum over rows of log(p[r, action_r] + FLOOR), in order. probs: (R,K), actions: (R), y: (1).
// A single invocation: rows are the edges of a cell, a handful.
//#include "policy/lib/prob_floor.wgsl"
struct Params {
  rows: u32,
  k: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read> actions: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var r = 0u; r < params.rows; r++) {
    sum += log(probs[r * params.k + u32(actions[r])] + PROB_FLOOR);
  }
  y[0] = sum;
}
