// y[s,g] = sum over the rows r of group g of log(p[r, actions[s,r]] + FLOOR), in order.
// probs: (G*R,K), actions: (S,G*R), y: (S,G). One invocation: an element of y, over the edges of an architecture.
//#include "lib/grid.wgsl"
//#include "policy/lib/prob_floor.wgsl"
struct Params {
  // R
  rows: u32,
  k: u32,
  // G
  groups: u32,
  // S*G
  sums: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read> actions: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.sums) {
    return;
  }
  let first_action = i * params.rows;
  let first_row = i % params.groups * params.rows;
  var sum = 0.0;
  for (var r = 0u; r < params.rows; r++) {
    sum += log(probs[(first_row + r) * params.k + u32(actions[first_action + r])] + PROB_FLOOR);
  }
  y[i] = sum;
}
