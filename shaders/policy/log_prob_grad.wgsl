// grad_probs[r,j] (+)= grad_y / (p + FLOOR) where j is the row's action, else 0.
// probs, grad_probs: (R,K), actions: (R), grad_y: (1). One invocation: an element.
//#include "lib/grid.wgsl"
//#include "policy/lib/prob_floor.wgsl"
struct Params {
  rows: u32,
  k: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read> actions: array<i32>;
@group(0) @binding(3) var<storage, read> grad_y: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad_probs: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.rows * params.k) {
    return;
  }
  var grad = 0.0;
  if (u32(actions[i / params.k]) == i % params.k) {
    grad = grad_y[0] / (probs[i] + PROB_FLOOR);
  }
  if (params.accumulate != 0u) {
    grad += grad_probs[i];
  }
  grad_probs[i] = grad;
}
