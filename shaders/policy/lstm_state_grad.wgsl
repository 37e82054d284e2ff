// Gradients of c' = sigmoid(f) c + sigmoid(i) tanh(g), with i, f and g for the gates after sigmoid or tanh:
//   grad_i = grad g i (1 - i),  grad_f = grad c f (1 - f),  grad_g = grad i (1 - g^2),  grad_o = 0,  grad_c = f grad
// gates, grad_gates: (N,4H); c, grad_output, grad_c: (N,H). One invocation: an element of c.
//#include "lib/grid.wgsl"
//#include "policy/lib/lstm_gates.wgsl"
struct Params {
  n: u32,
  hidden: u32,
  // Which gradients are wanted, and whether each is added to what is there.
  wants_gates: u32,
  wants_c: u32,
  accumulate_gates: u32,
  accumulate_c: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad_gates: array<f32>;
@group(0) @binding(5) var<storage, read_write> grad_c: array<f32>;

fn store_gate(at: u32, grad: f32) {
  if (params.accumulate_gates != 0u) {
    grad_gates[at] += grad;
  } else {
    grad_gates[at] = grad;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n * params.hidden) {
    return;
  }
  let first = gate_index(i, params.hidden);
  let forget = sigmoid(gates[first + params.hidden]);
  let grad = grad_output[i];
  if (params.wants_gates != 0u) {
    let input = sigmoid(gates[first]);
    let cell = tanh(gates[first + 2u * params.hidden]);
    store_gate(first, grad * cell * input * (1.0 - input));
    store_gate(first + params.hidden, grad * c[i] * forget * (1.0 - forget));
    store_gate(first + 2u * params.hidden, grad * input * (1.0 - cell * cell));
    store_gate(first + 3u * params.hidden, 0.0);
  }
  var of_c = forget * grad;
  if (params.wants_c != 0u) {
    if (params.accumulate_c != 0u) {
      of_c += grad_c[i];
    }
    grad_c[i] = of_c;
  }
}
