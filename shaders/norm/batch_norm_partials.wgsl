// Batch statistics, first stage: mean and sum of squared deviations of every chunk of a channel, in one pass over the
// pixels less the mean of the chunk's first four.
// x: (N,C,P) in groups of 4 pixels; partials: (batches, C, chunks). Formulas in src/ops/norm/batch_norm.ts.
// One invocation: one chunk (norm/lib/batch_chunks.wgsl), of a multiple of 4 pixels a plane.
// For software adapters; GPUs: batch_norm_partials_quads.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/batch_chunks.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let number = linear_id(id, workgroups, 64u);
  let unit = unit_at(number);
  if (!unit.exists) {
    return;
  }
  let chunk = unit.chunk;
  let count = f32(chunk_pixels(chunk));
  let quads = (chunk.pixel_end - chunk.pixel_begin) / 4u;
  let first = (unit.batch * params.x_stride + unit.channel * params.pixels + chunk.pixel_begin) / 4u;
  let image_quads = params.channels * params.pixels / 4u;
  // near the mean, so that what the sums cancel at the end is small
  let origin = x[first + chunk.image_begin * image_quads];
  let shift = (origin.x + origin.y + origin.z + origin.w) / 4.0;
  var rests = vec4f();
  var squares = vec4f();
  for (var image = chunk.image_begin; image < chunk.image_end; image++) {
    let begin = first + image * image_quads;
    for (var at = begin; at < begin + quads; at++) {
      let rest = x[at] - shift;
      rests += rest;
      squares += rest * rest;
    }
  }
  let rest = rests.x + rests.y + rests.z + rests.w;
  let square = squares.x + squares.y + squares.z + squares.w;
  partials[unit.batch * (params.partials_stride - params.channels * params.chunks) + number] =
    vec2f(shift + rest / count, square - rest * (rest / count));
}
