// Cuts a training batch out of the data set's bytes: y = normalised pixel of image `index` at the place where the
// sample's matrix sends the output pixel (nearest sampling at pixel centres), and the image's label.
// Outside of the image lies black, byte 0; inside the cutout rectangle y is 0 after normalisation.
// bytes: (count,C,S,S) of u8, the shard that begins with image `first`; samples of other shards are left alone.
// labels: (images). y: (N,C,S,S), targets: (N). C is 3, or 1 for grey images.
// One invocation: 4 neighbouring pixels of a row, all channels. Grid: (ceil(S/4), S, N), the first fastest.
//#include "lib/grid.wgsl"
struct Params {
  n: u32,
  // S: width and height of an image.
  size: u32,
  channels: u32,
  // The images of this shard.
  first: u32,
  count: u32,
  // y = byte * scale + shift, by channel.
  scale0: f32,
  scale1: f32,
  scale2: f32,
  shift0: f32,
  shift1: f32,
  shift2: f32,
}
struct Sample {
  // From output pixels to source pixels, homogeneous.
  to_source: mat3x3f,
  // Left, top, right, bottom; empty where right = left.
  cutout: vec4f,
  index: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> bytes: array<u32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> samples: array<Sample>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> targets: array<i32>;

fn byte_at(i: u32) -> f32 {
  return f32((bytes[i / 4u] >> (8u * (i % 4u))) & 0xffu);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let size = params.size;
  var rest = linear_id(id, workgroups, 64u);
  let left = 4u * next_coordinate(&rest, (size + 3u) / 4u);
  let row = next_coordinate(&rest, size);
  let sample = rest;
  if (sample >= params.n) {
    return;
  }
  let index = samples[sample].index;
  if (index < params.first || index - params.first >= params.count) {
    return;
  }
  let to_source = samples[sample].to_source;
  let cutout = samples[sample].cutout;
  let plane = size * size;
  let colour = params.channels == 3u;
  let image = (index - params.first) * params.channels * plane;
  if (row == 0u && left == 0u) {
    targets[sample] = labels[index];
  }
  for (var column = left; column < min(left + 4u, size); column++) {
    let center = vec2f(f32(column), f32(row)) + 0.5;
    let source = floor((to_source * vec3f(center, 1.0)).xy);
    var pixel = vec3f(0);
    if (all(source >= vec2f(0)) && all(source < vec2f(f32(size)))) {
      let at = image + u32(source.y) * size + u32(source.x);
      pixel.x = byte_at(at);
      if (colour) {
        pixel.y = byte_at(at + plane);
        pixel.z = byte_at(at + 2u * plane);
      }
    }
    let cut = all(center > cutout.xy) && all(center < cutout.zw);
    let out = sample * params.channels * plane + row * size + column;
    y[out] = select(pixel.x * params.scale0 + params.shift0, 0.0, cut);
    if (colour) {
      y[out + plane] = select(pixel.y * params.scale1 + params.shift1, 0.0, cut);
      y[out + 2u * plane] = select(pixel.z * params.scale2 + params.shift2, 0.0, cut);
    }
  }
}
