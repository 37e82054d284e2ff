// Convolution as conv2d.wgsl, and its gradient with respect to x: a matrix product of the weight, one tap at a time,
// with the pixels that the tap reads, in tiles that lie in workgroup memory.
// One workgroup: TILE result channels x 64 pixels, which are of one phase and may be of several images. One invocation:
// 4 channels x 4 pixels. Grid: (tiles of pixels, phases, blocks of a group's channels, groups), the first fastest.
// params.moments: also leaves every tile's mean and squared deviations, (C, tiles), for the batch norm that follows.
// For GPUs; software adapters: conv2d.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/conv_pixels.wgsl"
//#include "conv/lib/sum_of.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;
@group(0) @binding(6) var<storage, read_write> moments: array<vec2f>;

// Result channels of a workgroup, and its invocations: 4 for each of them.
override TILE: u32 = 64u;
override INVOCATIONS: u32 = 256u;

// Source channels that are in workgroup memory at a time, and groups of 4 pixels.
const DEPTH = 16u;
const QUADS = 16u;

// (DEPTH, TILE / 4) groups of 4 channels
var<workgroup> weights: array<vec4f, DEPTH * TILE / 4u>;
// (DEPTH, QUADS) groups of 4 pixels
var<workgroup> pixels: array<vec4f, DEPTH * QUADS>;

// A result channel's weight for a source channel and tap; zero past the last of either.
fn load_weight(at: u32, channel: u32, channels: u32, inside: bool) -> f32 {
  let valid = inside && channel < channels;
  return select(0.0, weight[select(0u, at + channel * params.weight_result, valid)], valid);
}

// Sums over the 16 quads of the tile's pixels; `local` counts the quads of a row of 4 channels first.
fn sum_over_quads(local: u32, value: vec4f) -> vec4f {
  pixels[local] = value;
  for (var half = QUADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local % QUADS < half) {
      pixels[local] += pixels[local + half];
    }
  }
  workgroupBarrier();
  let sum = pixels[local - local % QUADS];
  workgroupBarrier();
  return sum;
}

fn store_pixel(at: u32, a: vec2f, value: f32) {
  var v = value;
  if (backward()) {
    v = mask(v, x[at], a) + select(0.0, result[at], params.accumulate != 0u);
  }
  result[at] = v;
}

@compute @workgroup_size(INVOCATIONS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let rows = phase_rows();
  let columns = (params.result_width + params.down_w - 1u) / params.down_w;
  let tiles = (params.batch * rows * columns + 63u) / 64u;
  var rest = workgroup_index(workgroup, workgroups);
  let tile = next_coordinate(&rest, tiles);
  let phase_h = next_coordinate(&rest, params.down_h);
  let phase_w = next_coordinate(&rest, params.down_w);
  let in_group = TILE * next_coordinate(&rest, (params.group_result + TILE - 1u) / TILE);
  let result_group = rest;
  let first_channel = result_group * params.group_result + in_group;
  if (first_channel >= params.result_channels) {
    return;
  }
  let channels = min(TILE, params.group_result - in_group);
  let taps = params.kernel_h * params.kernel_w;

  // This invocation loads the 4 pixels of a quad for some source channels, and sums them for 4 result channels.
  let quad = local % QUADS;
  let row_of_tile = local / QUADS;
  let pixel = tile * 64u + quad * 4u + vec4u(0u, 1u, 2u, 3u);
  let line = pixel / columns;
  let phase_column = pixel - line * columns;
  let image = line / rows;
  let phase_row = line - image * rows;
  let source_plane = params.source_height * params.source_width;
  let source_image = min(image, vec4u(params.batch - 1u)) * params.source_channels * source_plane;

  var acc0 = vec4f();
  var acc1 = vec4f();
  var acc2 = vec4f();
  var acc3 = vec4f();
  for (var group = result_group; group < result_group + params.summed_groups; group++) {
    let shift = i32(group) * params.group_shift;
    let top = i32(phase_h) - params.pad_h + shift;
    let left = i32(phase_w) - params.pad_w + shift;
    let first_weight = group * params.group_source * params.group_result * taps + in_group * params.weight_result;
    for (var ky = first_tap(top, params.down_h, params.kernel_h); ky < params.kernel_h; ky += params.period_h) {
      // a row above the image is a large u32
      let iy = phase_row * params.up_h + u32((top + i32(ky * params.dilation)) / i32(params.down_h));
      for (var kx = first_tap(left, params.down_w, params.kernel_w); kx < params.kernel_w; kx += params.period_w) {
        let ix = phase_column * params.up_w + u32((left + i32(kx * params.dilation)) / i32(params.down_w));
        let inside = (iy < vec4u(params.source_height)) & (ix < vec4u(params.source_width)) &
          (image < vec4u(params.batch));
        let at = source_image + select(vec4u(0u), iy * params.source_width + ix, inside);
        let tap = ky * params.kernel_w + kx;
        let tap_weight = first_weight + select(tap, taps - 1u - tap, backward());
        for (var s = 0u; s < params.group_source; s += DEPTH) {
          for (var k = row_of_tile; k < DEPTH; k += INVOCATIONS / QUADS) {
            let channel = group * params.group_step + min(s + k, params.group_source - 1u);
            let a = source_scale_shift(channel);
            let p = at + channel * source_plane;
            let v = activate4(vec4f(source[p.x], source[p.y], source[p.z], source[p.w]), a);
            pixels[k * QUADS + quad] = select(vec4f(), v, inside & vec4<bool>(s + k < params.group_source));
          }
          let k = local % DEPTH;
          let c = local / DEPTH;
          let w = tap_weight + (s + k) * params.weight_source;
          let valid = s + k < params.group_source;
          weights[k * (TILE / 4u) + c] = vec4f(
            load_weight(w, 4u * c, channels, valid),
            load_weight(w, 4u * c + 1u, channels, valid),
            load_weight(w, 4u * c + 2u, channels, valid),
            load_weight(w, 4u * c + 3u, channels, valid),
          );
          workgroupBarrier();
          for (var i = 0u; i < min(DEPTH, params.group_source - s); i++) {
            let of_channels = weights[i * (TILE / 4u) + row_of_tile];
            let of_pixels = pixels[i * QUADS + quad];
            acc0 += of_channels.x * of_pixels;
            acc1 += of_channels.y * of_pixels;
            acc2 += of_channels.z * of_pixels;
            acc3 += of_channels.w * of_pixels;
          }
          workgroupBarrier();
        }
      }
    }
  }

  if (params.moments != 0u) {
    // of 4 channels; the tile's 64 pixels are all there
    let mean = sum_over_quads(local, vec4f(sum_of(acc0), sum_of(acc1), sum_of(acc2), sum_of(acc3))) / 64.0;
    let d0 = acc0 - mean.x;
    let d1 = acc1 - mean.y;
    let d2 = acc2 - mean.z;
    let d3 = acc3 - mean.w;
    let rest = sum_over_quads(local, vec4f(sum_of(d0), sum_of(d1), sum_of(d2), sum_of(d3)));
    let squares = sum_over_quads(local, vec4f(sum_of(d0 * d0), sum_of(d1 * d1), sum_of(d2 * d2), sum_of(d3 * d3)));
    if (quad == 0u) {
      for (var c = 0u; c < 4u && 4u * row_of_tile + c < channels; c++) {
        let m = vec2f(mean[c] + rest[c] / 64.0, squares[c] - rest[c] * (rest[c] / 64.0));
        moments[(first_channel + 4u * row_of_tile + c) * tiles + tile] = m;
      }
    }
  }

  let row = phase_row * params.down_h + phase_h;
  let column = phase_column * params.down_w + phase_w;
  let result_plane = params.result_height * params.result_width;
  let to = image * params.result_channels * result_plane + row * params.result_width + column;
  let stored = (image < vec4u(params.batch)) & (row < vec4u(params.result_height)) &
    (column < vec4u(params.result_width));
  let begin = 4u * row_of_tile;
  for (var c = begin; c < min(begin + 4u, channels); c++) {
    let channel = first_channel + c;
    let a = scale_shift(channel, params.result_channels);
    for (var i = 0u; i < 4u; i++) {
      if (stored[i]) {
        store_pixel(to[i] + channel * result_plane, a, acc0[i]);
      }
    }
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
  }
}
