// Batch statistics, first stage: mean and sum of squared deviations of every chunk of a channel, in two passes. The
// second pass also finds what rounding left of the mean, and corrects both by it.
// x: (N, C, P), P pixels a plane; partials: (C, chunks, 2). Formulas in src/ops/batch_norm.ts.
// One invocation: one chunk (lib/batch_chunks.wgsl). Grid: (chunks of all channels).
//#include "lib/divide.wgsl"
//#include "lib/batch_chunks.wgsl"
struct Params {
  batch: u32,
  channels: u32,
  pixels: u32,
  chunks: u32,
  parts: u32,
  chunk_images: u32,
  part_pixels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at_channel = divide(id.x, params.chunks);
  let c = at_channel.x;
  if (c >= params.channels) {
    return;
  }
  let chunk = chunk_at(at_channel.y);
  let count = chunk_count(chunk);
  var sum = 0.0;
  for (var n = chunk.image; n < chunk.image_end; n++) {
    let plane = (n * params.channels + c) * params.pixels;
    for (var at = plane + chunk.pixel; at < plane + chunk.pixel_end; at++) {
      sum += x[at];
    }
  }
  let mean = sum / count;
  var rest = 0.0;
  var squares = 0.0;
  for (var n = chunk.image; n < chunk.image_end; n++) {
    let plane = (n * params.channels + c) * params.pixels;
    for (var at = plane + chunk.pixel; at < plane + chunk.pixel_end; at++) {
      let deviation = x[at] - mean;
      rest += deviation;
      squares += deviation * deviation;
    }
  }
  partials[id.x] = vec2f(mean + rest / count, squares - rest * (rest / count));
}
