// Convolution with any window, stride, padding, dilation and groups, and its gradient with respect to x; formulas in
// src/ops/conv2d.ts, what source and result are in lib/conv_params.wgsl.
// One invocation: 8 result channels x 8 pixels of a row that are `down_w` apart, so that all of them use the same
// taps. Grid: (tiles of 8, rows, phases, images, blocks of 8 channels), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/conv_pixels.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let backward = params.backward != 0u;
  // A part is a run of result channels that read the same source pixels.
  let part_size = select(min(params.group_result, params.second_half), params.group_result, backward);
  let part_blocks = (part_size + 7u) / 8u;
  let columns = (params.result_width + params.down_w - 1u) / params.down_w;
  let rows = (params.result_height + params.down_h - 1u) / params.down_h;
  let tiles = (columns + 7u) / 8u;

  var rest = linear_id(id, workgroups, 64u);
  let tile = rest % tiles;
  rest /= tiles;
  let row = rest % rows;
  rest /= rows;
  let phase_h = rest % params.down_h;
  rest /= params.down_h;
  let phase_w = rest % params.down_w;
  rest /= params.down_w;
  let n = rest % params.batch;
  let block = rest / params.batch;
  let part = block / part_blocks;
  let in_part = block % part_blocks * 8u;
  let r = part * part_size + in_part;
  if (r >= params.result_channels) {
    return;
  }
  let count = min(8u, part_size - in_part);

  // weight offsets of the 8 result channels; channels past the last repeat it
  let group = r / params.group_result;
  let taps = params.kernel_h * params.kernel_w;
  let first = group * params.group_source * params.group_result * taps +
    (r - group * params.group_result) * params.weight_result;
  let r1 = min(1u, count - 1u) * params.weight_result;
  let r2 = min(2u, count - 1u) * params.weight_result;
  let r3 = min(3u, count - 1u) * params.weight_result;
  let r4 = min(4u, count - 1u) * params.weight_result;
  let r5 = min(5u, count - 1u) * params.weight_result;
  let r6 = min(6u, count - 1u) * params.weight_result;
  let r7 = min(7u, count - 1u) * params.weight_result;

  var acc0 = mat2x4f();
  var acc1 = mat2x4f();
  var acc2 = mat2x4f();
  var acc3 = mat2x4f();
  var acc4 = mat2x4f();
  var acc5 = mat2x4f();
  var acc6 = mat2x4f();
  var acc7 = mat2x4f();
  let up = i32(params.up_w);
  for (var s = 0u; s < params.group_source; s++) {
    let channel = group * params.group_source + s;
    var a = vec2f(1.0, 0.0);
    var half = select(0, 1, r >= params.second_half);
    if (backward) {
      half = select(0, -1, channel >= params.second_half);
    } else {
      a = scale_shift(channel, params.source_channels);
    }
    let plane = (n * params.source_channels + channel) * params.source_height;
    for (var ky = 0u; ky < params.kernel_h; ky++) {
      let dy = i32(phase_h + ky * params.dilation) - params.pad_h + half;
      if (dy % i32(params.down_h) != 0) {
        continue;
      }
      let iy = u32(i32(row * params.up_h) + dy / i32(params.down_h));
      let source_row = (plane + min(iy, params.source_height - 1u)) * params.source_width;
      let limit = select(0u, params.source_width, iy < params.source_height);
      var v = mat2x4f();
      var last = -0x10000000;
      for (var kx = 0u; kx < params.kernel_w; kx++) {
        let dx = i32(phase_w + kx * params.dilation) - params.pad_w + half;
        if (dx % i32(params.down_w) != 0) {
          continue;
        }
        let ix = i32(tile * 8u) * up + dx / i32(params.down_w);
        if (ix == last + up) {
          // the window of the tap before, moved by one pixel
          v = shift8(v, load(source_row, ix + 7 * up, limit, a));
        } else {
          v = load8(source_row, ix, up, limit, a);
        }
        last = ix;
        let tap = ky * params.kernel_w + kx;
        let w = first + s * params.weight_source + select(tap, taps - 1u - tap, backward);
        acc0 += weight[w] * v;
        acc1 += weight[w + r1] * v;
        acc2 += weight[w + r2] * v;
        acc3 += weight[w + r3] * v;
        acc4 += weight[w + r4] * v;
        acc5 += weight[w + r5] * v;
        acc6 += weight[w + r6] * v;
        acc7 += weight[w + r7] * v;
      }
    }
  }

  let y = row * params.down_h + phase_h;
  if (y >= params.result_height) {
    return;
  }
  for (var k = 0u; k < count; k++) {
    let a = scale_shift(r + k, params.result_channels);
    let result_row = ((n * params.result_channels + r + k) * params.result_height + y) * params.result_width;
    store8(result_row, tile * 8u * params.down_w + phase_w, a, acc0);
    acc0 = acc1;
    acc1 = acc2;
    acc2 = acc3;
    acc3 = acc4;
    acc4 = acc5;
    acc5 = acc6;
    acc6 = acc7;
  }
}
