// Gradient of c' = sigmoid(f) c + ... with respect to c: grad_c (+)= sigmoid(f) grad_next.
// gates: (N,4H); grad_c, grad_next: (N,H). One invocation: an element of c.
//#include "lib/grid.wgsl"
//#include "policy/lib/lstm_gates.wgsl"
struct Params {
  n: u32,
  hidden: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> grad_next: array<f32>;
@group(0) @binding(3) var<storage, read_write> grad_c: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n * params.hidden) {
    return;
  }
  var grad = sigmoid(gates[gate_index(i, params.hidden) + params.hidden]) * grad_next[i];
  if (params.accumulate != 0u) {
    grad += grad_c[i];
  }
  grad_c[i] = grad;
}
