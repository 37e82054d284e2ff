// y[g] = -sum of q log q over the n entries of group g that the mask allows, in order, q = p + FLOOR.
// probs, mask: (G,n), y: (G). Without MASKED all are allowed, and mask is not read. One invocation: a group.
//#include "lib/grid.wgsl"
//#include "policy/lib/prob_floor.wgsl"
override MASKED: bool = false;

struct Params {
  n: u32,
  // G
  groups: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probs: array<f32>;
@group(0) @binding(2) var<storage, read> mask: array<i32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let group = linear_id(id, workgroups, 64u);
  if (group >= params.groups) {
    return;
  }
  var sum = 0.0;
  for (var i = group * params.n; i < (group + 1u) * params.n; i++) {
    if (!MASKED || mask[i] != 0) {
      let q = probs[i] + PROB_FLOOR;
      sum -= q * log(q);
    }
  }
  y[group] = sum;
}
