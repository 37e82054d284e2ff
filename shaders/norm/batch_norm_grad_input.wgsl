// Gradient of batch norm, second stage, with respect to x (norm/lib/batch_norm_grad.wgsl).
// x, grad_output, grad_input: (N,C,P) in groups of 4 pixels; partials: (batches, C, chunks).
// One invocation: one chunk (norm/lib/batch_chunks.wgsl), of a multiple of 4 pixels a plane.
// For software adapters; GPUs: batch_norm_grad_input_quads.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/batch_norm_grad.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> moments: array<f32>;
@group(0) @binding(5) var<storage, read> partials: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> grad_input: array<vec4f>;

// With `accumulate` the gradient is added to what is there.
override ACCUMULATE: bool = false;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let unit = unit_at(linear_id(id, workgroups, 64u));
  if (!unit.exists) {
    return;
  }
  let terms = grad_terms(unit.batch, unit.channel);
  let chunk = unit.chunk;
  let quads = (chunk.pixel_end - chunk.pixel_begin) / 4u;
  let image_quads = params.channels * params.pixels / 4u;
  let first = (unit.channel * params.pixels + chunk.pixel_begin) / 4u;
  let x_first = unit.batch * params.x_stride / 4u;
  let grad_first = unit.batch * params.grad_stride / 4u;
  let result_first = unit.batch * params.grad_input_stride / 4u;
  for (var image = chunk.image_begin; image < chunk.image_end; image++) {
    let begin = first + image * image_quads;
    for (var at = begin; at < begin + quads; at++) {
      let normal = (x[x_first + at] - terms.mean) * terms.inverse;
      let centred = (grad_output[grad_first + at] - terms.coarse) - (normal * terms.covariance + terms.fine);
      var grad = terms.scale * centred;
      if (ACCUMULATE) {
        grad += grad_input[result_first + at];
      }
      grad_input[result_first + at] = grad;
    }
  }
}
