// Depthwise convolution, one window per channel, with any window, stride, padding and dilation; and its gradient
// with respect to x (lib/conv_params.wgsl).
// One invocation: 8 pixels of a result row that are `down_w` apart, so that all of them use the same taps.
// Grid: (tiles of 8, rows, phases, channels, images), the first fastest.
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
  let plane = rest / params.down_w;
  let y = row * params.down_h + phase_h;
  if (plane >= params.batch * params.result_channels || y >= params.result_height) {
    return;
  }
  let c = plane % params.result_channels;
  let a = scale_shift(c, params.result_channels);
  let backward = params.backward != 0u;
  let source_a = select(a, vec2f(1.0, 0.0), backward);
  let taps = params.kernel_h * params.kernel_w;
  let up = i32(params.up_w);

  var acc = mat2x4f();
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    let dy = i32(phase_h + ky * params.dilation) - params.pad_h;
    if (dy % i32(params.down_h) != 0) {
      continue;
    }
    let iy = u32(i32(row * params.up_h) + dy / i32(params.down_h));
    let source_row = (plane * params.source_height + min(iy, params.source_height - 1u)) * params.source_width;
    let limit = select(0u, params.source_width, iy < params.source_height);
    var v = mat2x4f();
    var last = -0x10000000;
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let dx = i32(phase_w + kx * params.dilation) - params.pad_w;
      if (dx % i32(params.down_w) != 0) {
        continue;
      }
      let ix = i32(tile * 8u) * up + dx / i32(params.down_w);
      if (ix == last + up) {
        // the window of the tap before, moved by one pixel
        v = shift8(v, load(source_row, ix + 7 * up, limit, source_a));
      } else {
        v = load8(source_row, ix, up, limit, source_a);
      }
      last = ix;
      let tap = ky * params.kernel_w + kx;
      acc += weight[c * taps + select(tap, taps - 1u - tap, backward)] * v;
    }
  }
  let result_row = (plane * params.result_height + y) * params.result_width;
  store8(result_row, tile * 8u * params.down_w + phase_w, a, acc);
}
