// grad_probs[g,i] (+)= -grad_y[g] (log q + 1), q = p + FLOOR, and 0 where the mask forbids.
// probs, mask, grad_probs: (G,n), grad_y: (G). Without MASKED all are allowed, and mask is not read.
// One invocation: an entry.
//#include "lib/grid.wgsl"
//#include "policy/lib/prob_floor.wgsl"
override MASKED: bool = false;

struct Params {
  n: u32,
  // G
  groups: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read> grad_y: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad_probs: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.groups * params.n) {
    return;
  }
  var grad = 0.0;
  if (!MASKED || mask[i] != 0) {
    grad = -grad_y[i / params.n] * (log(probs[i] + PROB_FLOOR) + 1.0);
  }
  if (params.accumulate != 0u) {
    grad += grad_probs[i];
  }
  grad_probs[i] = grad;
}
