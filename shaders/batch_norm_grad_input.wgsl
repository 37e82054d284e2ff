// Gradient of batch norm, second stage, with respect to x: scale (g - mean(g) - x^ mean(g x^)), where x^ is the
// normalised x and the means are over the batch; with running statistics it is scale g.
// partials: (C, chunks). One invocation: one chunk (lib/batch_chunks.wgsl). Grid: (chunks of all channels).
//#include "lib/double_float.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/batch_chunks.wgsl"
//#include "lib/batch_norm_sums.wgsl"
struct Params {
  batch: u32,
  channels: u32,
  pixels: u32,
  chunks: u32,
  parts: u32,
  chunk_images: u32,
  part_pixels: u32,
  eps: f32,
  training: u32,
  accumulate: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> grad_output: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> moments: array<f32>;
@group(0) @binding(5) var<storage, read> partials: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> grad_input: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at_channel = divide(id.x, params.chunks);
  let c = at_channel.x;
  if (c >= params.channels) {
    return;
  }
  let count = params.batch * params.pixels;
  let mean = moments[c];
  let inverse = moments[params.channels + c];
  var scale = affine[c];
  // The mean of g is subtracted in two parts, 8 bits and the rest. g - coarse is exact, and fine goes to a term that
  // varies: were it subtracted from g, all pixels would be rounded alike, and such errors add up over the image.
  var coarse = 0.0;
  var fine = 0.0;
  var covariance = 0.0;
  if (params.training != 0u) {
    let sums = total_sums(c * params.chunks, params.chunks);
    let g_mean = divide2(sums.xy, f32(count));
    let x_mean = sums.w / f32(count);
    covariance = sums.z / f32(count) - g_mean.x * x_mean;
    if (count == 2u) {
      // Here x^ is +-sqrt(1 - eps inverse^2), and in the difference nothing but rounding errors would be left.
      covariance = 0.0;
      scale *= params.eps * inverse * inverse;
    }
    coarse = bitcast<f32>(bitcast<u32>(g_mean.x) & 0xffff0000u);
    fine = (g_mean.x - coarse) + (g_mean.y - x_mean * covariance);
  }
  let chunk = chunk_at(at_channel.y);
  for (var n = chunk.image; n < chunk.image_end; n++) {
    let plane = (n * params.channels + c) * params.pixels;
    for (var at = plane + chunk.pixel; at < plane + chunk.pixel_end; at++) {
      let normalised = (x[at] - mean) * inverse;
      let centred = (grad_output[at] - coarse) - (normalised * covariance + fine);
      let before = select(0.0, grad_input[at], params.accumulate != 0u);
      grad_input[at] = before + scale * centred;
    }
  }
}
