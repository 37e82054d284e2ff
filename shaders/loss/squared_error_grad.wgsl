// grad_x (+)= 2/N grad_loss (x - wanted).
// x, wanted, grad_x: (N), grad_loss: (1). One invocation: an element.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  accumulate: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> wanted: array<f32>;
@group(0) @binding(3) var<storage, read> grad_loss: array<f32>;
@group(0) @binding(4) var<storage, read_write> grad_x: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  if (i < params.n) {
    let grad = 2.0 / f32(params.n) * grad_loss[0] * (x[i] - wanted[i]);
    grad_x[i] = grad + select(0.0, grad_x[i], params.accumulate != 0u);
  }
}
