// h = sigmoid(o) tanh(c). gates: (N,4H) = i, f, g, o; c, h: (N,H). One invocation: an element.
//#include "lib/grid.wgsl"
//#include "policy/lib/lstm_gates.wgsl"
struct Params {
  n: u32,
  hidden: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gates: array<f32>;
@group(0) @binding(2) var<storage, read> c: array<f32>;
@group(0) @binding(3) var<storage, read_write> h: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i < params.n * params.hidden) {
    h[i] = sigmoid(gates[gate_index(i, params.hidden) + 3u * params.hidden]) * tanh(c[i]);
  }
}
