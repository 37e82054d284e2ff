// Gradient of batch norm, first stage, as batch_norm_grad_partials.wgsl, for planes that are no whole groups of 4: one
// workgroup takes one chunk, and its lanes' sums are added as a tree.
// x, grad_output: (N,C,P); moments: mean, then 1 / deviation; partials: (batches, C, chunks).
//#include "lib/double_float.wgsl"
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
//#include "norm/lib/workgroup_chunk.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> grad_output: array<f32>;
@group(0) @binding(3) var<storage, read> moments: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

// of each lane: sum g and its low part, sum g x^ and its low part; sum x^
var<workgroup> sums: array<vec4f, LANES>;
var<workgroup> sums_x: array<f32, LANES>;

@compute @workgroup_size(128)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  let number = workgroup_index(workgroup, workgroups);
  let unit = unit_at(number);
  if (!unit.exists) {
    return;
  }
  let at_moments = unit.batch * params.moments_stride + unit.channel;
  let mean = moments[at_moments];
  let inverse = moments[at_moments + params.channels];
  let pixels = chunk_pixels(unit.chunk);
  var sum_g = vec2f();
  var sum_gx = vec2f();
  var sum_x = 0.0;
  for (var i = lane; i < pixels; i += LANES) {
    let at = element_of(unit, i);
    let g = grad_output[unit.batch * params.grad_stride + at];
    let normal = (x[unit.batch * params.x_stride + at] - mean) * inverse;
    sum_g = accumulate2(sum_g, g);
    sum_gx = accumulate2(sum_gx, g * normal);
    sum_x += normal;
  }
  sums[lane] = vec4f(sum_g, sum_gx);
  sums_x[lane] = sum_x;
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      let a = sums[lane];
      let b = sums[lane + half];
      sums[lane] = vec4f(add2(a.xy, b.xy), add2(a.zw, b.zw));
      sums_x[lane] += sums_x[lane + half];
    }
  }
  if (lane == 0u) {
    partials[number] = vec4f(sums[0].xy, sums[0].z + sums[0].w, sums_x[0]);
  }
}
