// Gradient of h = sigmoid(o) tanh(c) with respect to c: grad_c (+)= sigmoid(o) (1 - tanh(c)^2) grad_h.
// gates: (N,4H); c, grad_h, grad_c: (N,H). One invocation: an element.
//#include "lib/grid.wgsl"
//#include "policy/lib/lstm_gates.wgsl"
struct Params {
  n: u32,
  hidden: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> grad_h: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad_c: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n * params.hidden) {
    return;
  }
  let t = tanh(c[i]);
  var grad = sigmoid(gates[gate_index(i, params.hidden) + 3u * params.hidden]) * (1.0 - t * t) * grad_h[i];
  if (params.accumulate != 0u) {
    grad += grad_c[i];
  }
  grad_c[i] = grad;
}
