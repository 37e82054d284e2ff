// Batch statistics, first stage: mean and sum of squared deviations of every channel's chunks of pixels.
// x: (N, C, H, W); partials: (C, chunks, 2). Formulas in src/ops/batch_norm.ts.
// One invocation: one chunk of one channel. Grid: (chunks of all channels).
struct Params {
  batch: u32,
  channels: u32,
  pixels: u32,
  chunks: u32,
  chunk_pixels: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> partials: array<vec2f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let c = id.x / params.chunks;
  if (c >= params.channels) {
    return;
  }
  let begin = id.x % params.chunks * params.chunk_pixels;
  let end = min(begin + params.chunk_pixels, params.batch * params.pixels);
  var count = 0.0;
  var mean = 0.0;
  var deviations = 0.0;
  for (var m = begin; m < end; m++) {
    let n = m / params.pixels;
    let v = x[(n * params.channels + c) * params.pixels + m % params.pixels];
    count += 1.0;
    let delta = v - mean;
    mean += delta / count;
    deviations += delta * (v - mean);
  }
  partials[id.x] = vec2f(mean, deviations);
}
