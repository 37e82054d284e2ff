// Convolution with any window, stride, padding, dilation and groups, and its gradient with respect to x; formulas in
// src/ops/conv/conv2d.ts, what source and result are in lib/conv_params.wgsl.
// One invocation: CHANNELS result channels x 8 pixels of a row that are `down_w` apart, so that all of them use the same
// taps. The source channels are the innermost loop: a loop of few turns costs more than its sums.
// Grid: (blocks of channels, tiles of 8, rows, phases, images), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/conv_pixels.wgsl"
//#include "lib/channel_tile_of_8.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<f32>;

fn factor(at: u32) -> f32 {
  return weight[at];
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  // A part is a run of result channels that read the same source pixels.
  let part_size = select(min(params.group_result, params.second_half), params.group_result, backward());
  let part_blocks = (part_size + CHANNELS - 1u) / CHANNELS;
  let at_block = divide(linear_id(id, workgroups, 64u), part_blocks * (params.result_channels / part_size));
  let at_tile = divide(at_block.x, row_tiles());
  let at_row = divide(at_tile.x, phase_rows());
  let at_phase_h = divide(at_row.x, params.down_h);
  let at_phase_w = divide(at_phase_h.x, params.down_w);
  let at_part = divide(at_block.y, part_blocks);
  let tile = at_tile.y;
  let row = at_row.y;
  let phase_h = at_phase_h.y;
  let phase_w = at_phase_w.y;
  let n = at_phase_w.x;
  let in_part = at_part.y * CHANNELS;
  let r = at_part.x * part_size + in_part;
  let y = row * params.down_h + phase_h;
  if (n >= params.batch || y >= params.result_height) {
    return;
  }
  let channels = min(CHANNELS, part_size - in_part);

  let group = r / params.group_result;
  let taps = params.kernel_h * params.kernel_w;
  let first = group * params.group_source * params.group_result * taps +
    (r - group * params.group_result) * params.weight_result;

  var sums = Tile();
  // Backward, the halves of the source channels of a factorized reduce lie one pixel apart; forward, those of the
  // result's.
  let halves = select(1u, 2u, backward() && params.second_half < params.source_channels);
  for (var half = 0u; half < halves; half++) {
    let shift = select(i32(r >= params.second_half), -i32(half), backward());
    let top = i32(phase_h) - params.pad_h + shift;
    let left = i32(phase_w) - params.pad_w + shift;
    let first_ky = first_tap(top, params.down_h, params.kernel_h);
    let first_kx = first_tap(left, params.down_w, params.kernel_w);
    let first_ix = i32(tile * 8u * params.up_w) + (left + i32(first_kx * params.dilation)) / i32(params.down_w);
    let source_end = select(params.group_source, params.second_half, halves == 2u && half == 0u);
    let plane = params.source_height * params.source_width;
    let planes = (n * params.source_channels + group * params.group_source) * plane;
    var iy = row * params.up_h + u32((top + i32(first_ky * params.dilation)) / i32(params.down_h));
    for (var ky = first_ky; ky < params.kernel_h; ky += params.period_h) {
      let source_row = planes + min(iy, params.source_height - 1u) * params.source_width;
      let limit = select(0u, params.source_width, iy < params.source_height);
      iy += params.advance_h;
      var ix = first_ix;
      for (var kx = first_kx; kx < params.kernel_w; kx += params.period_w) {
        let columns = columns8(ix, params.up_w);
        ix += i32(params.advance_w);
        let tap = ky * params.kernel_w + kx;
        let w_tap = first + select(tap, taps - 1u - tap, backward());
        for (var s = half * params.second_half; s < source_end; s++) {
          let a = source_scale_shift(group * params.group_source + s);
          let v = load8(source_row + s * plane, columns, limit, a);
          add_to(&sums, w_tap + s * params.weight_source, params.weight_result, channels - 1u, v);
        }
      }
    }
  }

  for (var k = 0u; k < channels; k++) {
    let channel = r + k;
    let a = scale_shift(channel, params.result_channels);
    let result_row = ((n * params.result_channels + channel) * params.result_height + y) * params.result_width;
    store8(result_row, tile * 8u * params.down_w + phase_w, a, sums[k]);
  }
}
