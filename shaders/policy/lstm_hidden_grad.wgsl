// Gradients of h = sigmoid(o) tanh(c), with o for the gate after sigmoid:
//   grad_i = grad_f = grad_g = 0,  grad_o = grad tanh(c) o (1 - o),  grad_c = o (1 - tanh(c)^2) grad
// gates, grad_gates: (N,4H); c, grad_output, grad_c: (N,H). One invocation: an element of h.
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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n * params.hidden) {
    return;
  }
  let first = gate_index(i, params.hidden);
  let at_output = first + 3u * params.hidden;
  let output = sigmoid(gates[at_output]);
  let t = tanh(c[i]);
  let grad = grad_output[i];
  if (params.wants_gates != 0u) {
    let of_output = grad * t * output * (1.0 - output);
    if (params.accumulate_gates != 0u) {
      grad_gates[at_output] += of_output;
    } else {
      for (var gate = 0u; gate < 3u; gate++) {
        grad_gates[first + gate * params.hidden] = 0.0;
      }
      grad_gates[at_output] = of_output;
    }
  }
  var of_c = output * (1.0 - t * t) * grad;
  if (params.wants_c != 0u) {
    if (params.accumulate_c != 0u) {
      of_c += grad_c[i];
    }
    grad_c[i] = of_c;
  }
}
