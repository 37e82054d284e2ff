// y = -sum of q log q over all entries that the mask allows, in order, q = p + FLOOR. probs, mask: n entries, y: (1).
// Without MASKED all are allowed, and mask is not read. A single invocation.
//#include "policy/lib/prob_floor.wgsl"
override MASKED: bool = false;

struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var i = 0u; i < params.n; i++) {
    if (!MASKED || mask[i] != 0) {
      let q = probs[i] + PROB_FLOOR;
      sum -= q * log(q);
    }
  }
  y[0] = sum;
}
