// grad_probs (+)= -grad_y (log q + 1), q = p + FLOOR. probs, grad_probs: n floats, grad_y: (1).
// One invocation: an entry.
//#include "lib/linear.wgsl"
//#include "lib/prob_floor.wgsl"
struct Params {
  n: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read> grad_y: array<f32>;
@group(0) @binding(3) var<storage, read_write> grad_probs: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linear_id(id, groups, 64u);
  if (i >= params.n) {
    return;
  }
  var grad = -grad_y[0] * (log(probs[i] + PROB_FLOOR) + 1.0);
  if (params.accumulate != 0u) {
    grad += grad_probs[i];
  }
  grad_probs[i] = grad;
}
