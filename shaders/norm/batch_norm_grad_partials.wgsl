// Gradient of batch norm, first stage: the sums of norm/lib/batch_norm_sums.wgsl over every channel's chunks of pixels.
// x, grad_output: (N,C,P) in groups of 4 pixels; moments: mean, then 1 / deviation; partials: (batches, C, chunks).
// One invocation: one chunk (norm/lib/batch_chunks.wgsl), of a multiple of 4 pixels a plane.
// For software adapters; GPUs: batch_norm_grad_partials_quads.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/double_float.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(3) var<storage, read> moments: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let number = linear_id(id, workgroups, 64u);
  let unit = unit_at(number);
  if (!unit.exists) {
    return;
  }
  let at_moments = unit.batch * params.moments_stride + unit.channel;
  let mean = moments[at_moments];
  let inverse = moments[at_moments + params.channels];
  let chunk = unit.chunk;
  let quads = (chunk.pixel_end - chunk.pixel_begin) / 4u;
  let image_quads = params.channels * params.pixels / 4u;
  let first = (unit.channel * params.pixels + chunk.pixel_begin) / 4u;
  let x_first = unit.batch * params.x_stride / 4u;
  let grad_first = unit.batch * params.grad_stride / 4u;
  // Sum g and sum g x^ to twice the precision, sum x^. The 4 pixels of a group are first added in plain f32: their
  // own rounding is random from group to group, while that of a long running sum is not.
  var sum_g = vec2f();
  var sum_gx = vec2f();
  var sum_x = vec4f();
  for (var image = chunk.image_begin; image < chunk.image_end; image++) {
    let begin = first + image * image_quads;
    for (var at = begin; at < begin + quads; at++) {
      let g = grad_output[grad_first + at];
      let normal = (x[x_first + at] - mean) * inverse;
      let gx = g * normal;
      sum_g = accumulate2(sum_g, (g.x + g.y) + (g.z + g.w));
      sum_gx = accumulate2(sum_gx, (gx.x + gx.y) + (gx.z + gx.w));
      sum_x += normal;
    }
  }
  partials[number] = vec4f(sum_g, sum_gx.x + sum_gx.y, sum_x.x + sum_x.y + sum_x.z + sum_x.w);
}
