// Mean and 1 / deviation of every channel of x + x_low to twice the precision of f32, in two passes.
// x, x_low: (N, C, P), P pixels a plane; moments2: (C) of mean and 1 / deviation, each with its low part;
// affine: scale, then shift; moments: mean, then 1 / deviation, C floats each, rounded for the gradients.
// One invocation: one channel.
//#include "lib/grid.wgsl"
//#include "lib/double_float.wgsl"
struct Params {
  batch: u32,
  channels: u32,
  pixels: u32,
  eps: f32,
  has_gamma: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x_low: array<f32>;
@group(0) @binding(3) var<storage, read> gamma: array<f32>;
@group(0) @binding(4) var<storage, read> beta: array<f32>;
@group(0) @binding(5) var<storage, read_write> moments2: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> affine: array<f32>;
@group(0) @binding(7) var<storage, read_write> moments: array<f32>;

// Value number `value` of a channel, counted through all images.
fn load(channel: u32, value: u32) -> vec2f {
  var image = value;
  let pixel = next_coordinate(&image, params.pixels);
  let at = (image * params.channels + channel) * params.pixels + pixel;
  return vec2f(x[at], x_low[at]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let channel = id.x;
  if (channel >= params.channels) {
    return;
  }
  let count = params.batch * params.pixels;
  var sum = vec2f();
  for (var value = 0u; value < count; value++) {
    sum = add2(sum, load(channel, value));
  }
  let mean = divide2(sum, f32(count));
  var squares = vec2f();
  for (var value = 0u; value < count; value++) {
    let deviation = add2(load(channel, value), -mean);
    squares = add2(squares, multiply2(deviation, deviation));
  }
  let variance = divide2(squares, f32(count));
  let inverse = inverse_sqrt2(add2(variance, vec2f(params.eps, 0.0)));
  moments2[channel] = vec4f(mean, inverse);
  moments[channel] = mean.x;
  moments[params.channels + channel] = inverse.x;
  let scale = select(1.0, gamma[channel], params.has_gamma != 0u) * inverse.x;
  affine[channel] = scale;
  affine[params.channels + channel] = select(0.0, beta[channel], params.has_gamma != 0u) - mean.x * scale;
}
