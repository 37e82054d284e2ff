// Convolution with any window, stride, padding, dilation and groups, and its gradient with respect to x; formulas in
// src/ops/conv/conv2d.ts, what source and result are in lib/conv_params.wgsl.
// One invocation: CHANNELS result channels x 8 pixels of a row that are `down_w` apart, so that all use the same taps.
// Grid: (blocks of a group's channels, groups, tiles of 8, rows of a phase, phases, images), the first fastest.
// For software adapters; GPUs: conv2d_tiled.wgsl.
//#include "lib/grid.wgsl"
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
  var rest = linear_id(id, workgroups, 64u);
  let block = next_coordinate(&rest, (params.group_result + CHANNELS - 1u) / CHANNELS);
  let result_group = next_coordinate(&rest, params.result_channels / params.group_result);
  let tile = next_coordinate(&rest, row_tiles());
  let phase_row = next_coordinate(&rest, phase_rows());
  let phase_h = next_coordinate(&rest, params.down_h);
  let phase_w = next_coordinate(&rest, params.down_w);
  let image = rest;
  let row = phase_row * params.down_h + phase_h;
  if (image >= params.batch || row >= params.result_height) {
    return;
  }
  let in_group = block * CHANNELS;
  let channels = min(CHANNELS, params.group_result - in_group);
  let taps = params.kernel_h * params.kernel_w;
  let source_plane = params.source_height * params.source_width;

  var sums = Tile();
  for (var group = result_group; group < result_group + params.summed_groups; group++) {
    let shift = i32(group) * params.group_shift;
    let top = i32(phase_h) - params.pad_h + shift;
    let left = i32(phase_w) - params.pad_w + shift;
    let first_ky = first_tap(top, params.down_h, params.kernel_h);
    let first_kx = first_tap(left, params.down_w, params.kernel_w);
    let first_ix = i32(tile * 8u * params.up_w) + (left + i32(first_kx * params.dilation)) / i32(params.down_w);
    let first_source = group * params.group_step;
    let first_weight = group * params.group_source * params.group_result * taps + in_group * params.weight_result;
    let planes = (image * params.source_channels + first_source) * source_plane;
    var iy = phase_row * params.up_h + u32((top + i32(first_ky * params.dilation)) / i32(params.down_h));
    for (var ky = first_ky; ky < params.kernel_h; ky += params.period_h) {
      let source_row = planes + min(iy, params.source_height - 1u) * params.source_width;
      let limit = select(0u, params.source_width, iy < params.source_height);
      iy += params.advance_h;
      var ix = first_ix;
      for (var kx = first_kx; kx < params.kernel_w; kx += params.period_w) {
        let columns = columns8(ix, params.up_w);
        ix += i32(params.advance_w);
        let tap = ky * params.kernel_w + kx;
        let tap_weight = first_weight + select(tap, taps - 1u - tap, backward());
        // the innermost loop, since one of few turns costs more than its sums
        for (var s = 0u; s < params.group_source; s++) {
          let a = source_scale_shift(first_source + s);
          let v = load8(source_row + s * source_plane, columns, limit, a);
          add_to(&sums, tap_weight + s * params.weight_source, params.weight_result, channels - 1u, v);
        }
      }
    }
  }

  let first_channel = result_group * params.group_result + in_group;
  for (var k = 0u; k < channels; k++) {
    let channel = first_channel + k;
    let a = scale_shift(channel, params.result_channels);
    let result_row = ((image * params.result_channels + channel) * params.result_height + row) * params.result_width;
    store8(result_row, tile * 8u * params.down_w + phase_w, a, sums[k]);
  }
}
