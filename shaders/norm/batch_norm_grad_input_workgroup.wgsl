// Gradient of batch norm, second stage, with respect to x (norm/lib/batch_norm_grad.wgsl), for planes that are no whole
// groups of 4: one workgroup takes one chunk.
// x, grad_output, grad_input: (N,C,P); partials: (batches, C, chunks).
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/workgroup_chunk.wgsl"
//#include "norm/lib/batch_norm_grad.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> grad_output: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> moments: array<f32>;
@group(0) @binding(5) var<storage, read> partials: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> grad_input: array<f32>;

// With `accumulate` the gradient is added to what is there.
override ACCUMULATE: bool = false;

@compute @workgroup_size(128)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let unit = unit_at(workgroup_index(workgroup, workgroups));
  if (!unit.exists) {
    return;
  }
  let terms = grad_terms(unit.batch, unit.channel);
  let pixels = chunk_pixels(unit.chunk);
  for (var i = lane; i < pixels; i += LANES) {
    let at = element_of(unit, i);
    let normal = (x[unit.batch * params.x_stride + at] - terms.mean) * terms.inverse;
    let g = grad_output[unit.batch * params.grad_stride + at];
    let centred = (g - terms.coarse) - (normal * terms.covariance + terms.fine);
    let result = unit.batch * params.grad_input_stride + at;
    var grad = terms.scale * centred;
    if (ACCUMULATE) {
      grad += grad_input[result];
    }
    grad_input[result] = grad;
  }
}
