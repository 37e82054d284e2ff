// y = A(a) + B(b), the sum of a node's two edges, in the call that normalises them. a is normalised by the statistics
// of its batch, which are combined here from those of its chunks or, if it is small, made here; so is b where
// params.b_kind is NORMALISED. Else b has a batch norm pending (PENDING), is taken as it is (PLAIN), or is not there
// (ABSENT).
// a, b, y: (N,C,P) in groups of 4 pixels; partials: (C, chunks) of mean and sum of squared deviations; affine: scale,
// then shift, and moments: mean, then 1 / deviation, C floats each, of a and of b.
// One workgroup: one channel of `chunk_images` images. Each combines its channel's chunks again, and those of the first
// images store what follows. Grid: (channels, groups of images), the first fastest.
// For GPUs; software adapters: batch_norm_finalize.wgsl and add.wgsl.
//#include "lib/grid.wgsl"
//#include "norm/lib/quad_walk.wgsl"
//#include "norm/lib/channel_statistics.wgsl"

// How a channel was cut into chunks.
struct Split {
  chunks: u32,
  parts: u32,
  images: u32,
  part_pixels: u32,
}
struct Params {
  batch: u32,
  channels: u32,
  pixels: u32,
  chunk_images: u32,
  a_chunks: u32,
  a_parts: u32,
  a_images: u32,
  a_part_pixels: u32,
  b_chunks: u32,
  b_parts: u32,
  b_images: u32,
  b_part_pixels: u32,
  b_kind: u32,
  // of affine and moments, from a to b
  moments_stride: u32,
  eps: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a: array<vec4f>;
@group(0) @binding(2) var<storage, read> partials_of_a: array<vec2f>;
@group(0) @binding(3) var<storage, read> b: array<vec4f>;
@group(0) @binding(4) var<storage, read> partials_of_b: array<vec2f>;
@group(0) @binding(5) var<storage, read> affine_of_b: array<f32>;
@group(0) @binding(6) var<storage, read_write> affine: array<f32>;
@group(0) @binding(7) var<storage, read_write> moments: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<vec4f>;

const ABSENT = 0u;
const NORMALISED = 1u;
const PENDING = 2u;

// All chunks of a channel are equally large.
override EQUAL: bool = false;
// There are no chunks: channels are so small that each workgroup looks at all pixels of its own.
override A_WHOLE: bool = false;
override B_WHOLE: bool = false;

// Pixels of chunk number `chunk`.
fn pixels_of(chunk: u32, split: Split) -> f32 {
  if (EQUAL) {
    return f32(split.images * split.part_pixels);
  }
  var rest = chunk;
  let pixel = split.part_pixels * next_coordinate(&rest, split.parts);
  let image = split.images * rest;
  return f32(min(split.images, params.batch - image) * min(split.part_pixels, params.pixels - pixel));
}

fn store_statistics(at: u32, found: Statistics) {
  let scale_shift = affine_of(found);
  affine[at] = scale_shift.x;
  affine[at + params.channels] = scale_shift.y;
  moments[at] = found.mean;
  moments[at + params.channels] = found.inverse;
}

// Sum of 4 values, and of their squares.
fn sums_of(v: vec4f) -> vec2f {
  return vec2f((v.x + v.y) + (v.z + v.w), dot(v, v));
}

@compute @workgroup_size(256)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  var rest = workgroup_index(workgroup, workgroups);
  let channel = next_coordinate(&rest, params.channels);
  let image_begin = params.chunk_images * rest;
  if (image_begin >= params.batch) {
    return;
  }
  let of_a = Split(params.a_chunks, params.a_parts, params.a_images, params.a_part_pixels);
  let of_b = Split(params.b_chunks, params.b_parts, params.b_images, params.b_part_pixels);
  let b_chunks = select(0u, of_b.chunks, params.b_kind == NORMALISED);
  let a_begin = channel * of_a.chunks;
  let b_begin = channel * of_b.chunks;
  // Near the means first, and then what is left of them: no sum is much larger than what it is good for.
  var means = vec2f();
  for (var i = lane; i < of_a.chunks; i += LANES) {
    means.x += pixels_of(i, of_a) * partials_of_a[a_begin + i].x;
  }
  for (var i = lane; i < b_chunks; i += LANES) {
    means.y += pixels_of(i, of_b) * partials_of_b[b_begin + i].x;
  }
  let count = f32(params.batch * params.pixels);
  var near = sum_of_lanes(lane, vec4f(means, 0.0, 0.0)).xy / count;
  var rests = vec4f();
  for (var i = lane; i < of_a.chunks; i += LANES) {
    let part = partials_of_a[a_begin + i];
    let deviation = pixels_of(i, of_a) * (part.x - near.x);
    rests += vec4f(deviation, part.y + deviation * (part.x - near.x), 0.0, 0.0);
  }
  for (var i = lane; i < b_chunks; i += LANES) {
    let part = partials_of_b[b_begin + i];
    let deviation = pixels_of(i, of_b) * (part.x - near.y);
    rests += vec4f(0.0, 0.0, deviation, part.y + deviation * (part.x - near.y));
  }
  let quads = params.pixels / 4u;
  if (A_WHOLE || B_WHOLE) {
    var walk = first_quad(0u, channel, 0u, quads, lane);
    if (A_WHOLE) {
      near.x = sums_of(a[channel * quads]).x / 4.0;
    }
    if (B_WHOLE) {
      near.y = sums_of(b[channel * quads]).x / 4.0;
    }
    for (var i = lane; i < params.batch * quads; i += LANES) {
      if (A_WHOLE) {
        rests += vec4f(sums_of(a[walk.at] - near.x), 0.0, 0.0);
      }
      if (B_WHOLE) {
        rests += vec4f(0.0, 0.0, sums_of(b[walk.at] - near.y));
      }
      walk = next_quad(walk);
    }
  }
  let all = sum_of_lanes(lane, rests);
  let statistics_a = statistics(count, params.eps, near.x, all.x, all.y);
  let statistics_b = statistics(count, params.eps, near.y, all.z, all.w);
  if (image_begin == 0u && lane == 0u) {
    store_statistics(channel, statistics_a);
    if (params.b_kind == NORMALISED) {
      store_statistics(params.moments_stride + channel, statistics_b);
    }
  }
  let affine_a = affine_of(statistics_a);
  var affine_b = vec2f(1.0, 0.0);
  if (params.b_kind == NORMALISED) {
    affine_b = affine_of(statistics_b);
  } else if (params.b_kind == PENDING) {
    affine_b = vec2f(affine_of_b[channel], affine_of_b[params.channels + channel]);
  }

  let images = min(params.chunk_images, params.batch - image_begin);
  var walk = first_quad(image_begin, channel, 0u, quads, lane);
  for (var i = lane; i < images * quads; i += LANES) {
    var sum = affine_a.x * a[walk.at] + affine_a.y;
    if (params.b_kind != ABSENT) {
      sum += affine_b.x * b[walk.at] + affine_b.y;
    }
    y[walk.at] = sum;
    walk = next_quad(walk);
  }
}
