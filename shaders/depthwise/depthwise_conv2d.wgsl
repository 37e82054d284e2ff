// Depthwise convolution, one window per channel, with any window, stride, padding and dilation; and its gradient
// with respect to x (lib/conv_params.wgsl).
// One invocation: 8 pixels of a result row that are `down_w` apart, so that all of them use the same taps.
// Grid: (tiles of 8, rows, phases, channels, images), the first fastest.
//#include "lib/grid.wgsl"
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
  var rest = linear_id(id, workgroups, 64u);
  let tile = next_coordinate(&rest, row_tiles());
  let phase_row = next_coordinate(&rest, phase_rows());
  let phase_h = next_coordinate(&rest, params.down_h);
  let phase_w = next_coordinate(&rest, params.down_w);
  let plane = rest;
  let channel = next_coordinate(&rest, params.result_channels);
  let image = rest;
  let row = phase_row * params.down_h + phase_h;
  if (image >= params.batch || row >= params.result_height) {
    return;
  }
  let a = source_scale_shift(channel);
  let taps = params.kernel_h * params.kernel_w;
  let up = i32(params.up_w);
  let top = i32(phase_h) - params.pad_h;
  let left = i32(phase_w) - params.pad_w;
  let first_ky = first_tap(top, params.down_h, params.kernel_h);
  let first_kx = first_tap(left, params.down_w, params.kernel_w);
  let first_ix = i32(tile * 8u) * up + (left + i32(first_kx * params.dilation)) / i32(params.down_w);
  var iy = phase_row * params.up_h + u32((top + i32(first_ky * params.dilation)) / i32(params.down_h));

  var acc = mat2x4f();
  for (var ky = first_ky; ky < params.kernel_h; ky += params.period_h) {
    let source_row = (plane * params.source_height + min(iy, params.source_height - 1u)) * params.source_width;
    let limit = select(0u, params.source_width, iy < params.source_height);
    iy += params.advance_h;
    var begin_ix = first_ix;
    for (var begin = first_kx; begin < min(params.tap_step, params.kernel_w); begin += params.period_w) {
      var ix = begin_ix;
      begin_ix += i32(params.advance_w);
      var v = load7(source_row, ix, up, limit, a);
      for (var kx = begin; kx < params.kernel_w; kx += params.tap_step) {
        v = shift8(v, load(source_row, ix + 7 * up, limit, a));
        ix += up;
        let tap = ky * params.kernel_w + kx;
        acc += weight[channel * taps + select(tap, taps - 1u - tap, backward())] * v;
      }
    }
  }
  let result_row = (plane * params.result_height + row) * params.result_width;
  store8(result_row, tile * 8u * params.down_w + phase_w, scale_shift(channel, params.result_channels), acc);
}
