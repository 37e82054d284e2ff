// Gradient of batch norm, first stage: sums over every channel's chunks of pixels, as lib/batch_norm_sums.wgsl says.
// x, grad_output: (N, C, H, W); moments: mean, then 1 / deviation; partials: (C, chunks).
// One invocation: one chunk (lib/batch_chunks.wgsl). Grid: (chunks of all channels).
//#include "lib/double_float.wgsl"
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
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> grad_output: array<f32>;
@group(0) @binding(3) var<storage, read> moments: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at_channel = divide(id.x, params.chunks);
  let c = at_channel.x;
  if (c >= params.channels) {
    return;
  }
  let mean = moments[c];
  let inverse = moments[params.channels + c];
  let chunk = chunk_at(at_channel.y);
  // sum g and sum g x^, with their low parts, and sum x^
  var sum_g = vec2f();
  var sum_gx = vec2f();
  var sum_x = 0.0;
  for (var n = chunk.image; n < chunk.image_end; n++) {
    let plane = (n * params.channels + c) * params.pixels;
    for (var at = plane + chunk.pixel; at < plane + chunk.pixel_end; at++) {
      let g = grad_output[at];
      let normalised = (x[at] - mean) * inverse;
      sum_g = accumulate2(sum_g, g);
      sum_gx = accumulate2(sum_gx, g * normalised);
      sum_x += normalised;
    }
  }
  partials[id.x] = vec4f(sum_g, sum_gx.x + sum_gx.y, sum_x);
}
