// Gradient of h = sigmoid(o) tanh(c) with respect to the gates: only o has one, the others get 0.
// gates, grad_gates: (N,4H); c, grad_h: (N,H). One invocation: an element of h.
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
@group(0) @binding(4) var<storage, read_write> grad_gates: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n * params.hidden) {
    return;
  }
  let at = gate_index(i, params.hidden);
  let output_at = at + 3u * params.hidden;
  let s = sigmoid(gates[output_at]);
  let grad = grad_h[i] * tanh(c[i]) * s * (1.0 - s);
  if (params.accumulate != 0u) {
    grad_gates[output_at] += grad;
  } else {
    for (var gate = 0u; gate < 3u; gate++) {
      grad_gates[at + gate * params.hidden] = 0.0;
    }
    grad_gates[output_at] = grad;
  }
}
