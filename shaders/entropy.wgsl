// y = -sum of q log q over all entries, in order, q = p + FLOOR. probs: n floats, y: (1). A single invocation.
//#include "lib/prob_floor.wgsl"
struct Params {
  n: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(1)
fn main() {
  var sum = 0.0;
  for (var i = 0u; i < params.n; i++) {
    let q = probs[i] + PROB_FLOOR;
    sum -= q * log(q);
  }
  y[0] = sum;
}
