// Gradient of c' = sigmoid(f) c + sigmoid(i) tanh(g) with respect to the gates; that of o is 0.
// gates, grad_gates: (N,4H); c, grad_next: (N,H). One invocation: an element of c.
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
@group(0) @binding(3) var<storage, read> grad_next: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad_gates: array<f32>;

fn put(i: u32, grad: f32) {
  if (params.accumulate != 0u) {
    grad_gates[i] += grad;
  } else {
    grad_gates[i] = grad;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n * params.hidden) {
    return;
  }
  let at = gate_index(i, params.hidden);
  let input = sigmoid(gates[at]);
  let forget = sigmoid(gates[at + params.hidden]);
  let cell = tanh(gates[at + 2u * params.hidden]);
  let grad = grad_next[i];
  put(at, grad * cell * input * (1.0 - input));
  put(at + params.hidden, grad * c[i] * forget * (1.0 - forget));
  put(at + 2u * params.hidden, grad * input * (1.0 - cell * cell));
  put(at + 3u * params.hidden, 0.0);
}
