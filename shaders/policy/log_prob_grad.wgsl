// grad_probs[r,j] (+)= sum of grad_y[s,g] over the samples s whose action in row r is j, in order, / (p + FLOOR), where
// g is the row's group of R rows.
// probs, grad_probs: (G*R,K), actions: (S,G*R), grad_y: (S,G). One invocation: an element of grad_probs.
//#include "lib/grid.wgsl"
//#include "policy/lib/prob_floor.wgsl"
struct Params {
  // R
  rows: u32,
  k: u32,
  // G
  groups: u32,
  // S
  samples: u32,
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
  let all_rows = params.groups * params.rows;
  if (i >= all_rows * params.k) {
    return;
  }
  let row = i / params.k;
  let group = row / params.rows;
  var sum = 0.0;
  for (var s = 0u; s < params.samples; s++) {
    if (u32(actions[s * all_rows + row]) == i % params.k) {
      sum += grad_y[s * params.groups + group];
    }
  }
  var grad = sum / (probs[i] + PROB_FLOOR);
  if (params.accumulate != 0u) {
    grad += grad_probs[i];
  }
  grad_probs[i] = grad;
}
