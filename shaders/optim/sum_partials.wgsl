// Second half of a two-stage sum: y[i] = sum over parts of partials[part, i], in order, added to y if accumulate.
// One invocation: one i.
//#include "lib/grid.wgsl"
//#include "optim/lib/sum_in_order.wgsl"
struct Params {
  n: u32,
  parts: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partials: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i >= params.n) {
    return;
  }
  y[i] = sum_in_order(select(0.0, y[i], params.accumulate != 0u), i, params.n, params.parts);
}
