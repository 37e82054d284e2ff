// Convolution with any stride, padding, dilation and groups; formulas in src/ops/conv2d.ts.
// One invocation: 4 output channels of a group x 4 neighbouring pixels of an output row.
// Grid: (4-pixel tiles of all rows, 4-channel blocks of all groups, images).
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let tiles = (params.out_width + 3u) / 4u;
  let oy = id.x / tiles;
  let ox = (id.x % tiles) * 4u;
  if (oy >= params.out_height) {
    return;
  }
  let blocks = (params.group_out + 3u) / 4u;
  let g = workgroup.y / blocks;
  let o_in_group = (workgroup.y % blocks) * 4u;
  let o = g * params.group_out + o_in_group;
  let o_count = min(4u, params.group_out - o_in_group);
  let n = workgroup.z;
  let taps = params.kernel_h * params.kernel_w;
  let weights = params.group_in * taps;

  var acc0 = vec4f();
  var acc1 = vec4f();
  var acc2 = vec4f();
  var acc3 = vec4f();
  for (var ci = 0u; ci < params.group_in; ci++) {
    let c = g * params.group_in + ci;
    let a = scale_shift(c);
    for (var ky = 0u; ky < params.kernel_h; ky++) {
      let iy = i32(oy * params.stride_h + ky * params.dilation) - i32(params.pad_h);
      if (iy < 0 || iy >= i32(params.height)) {
        continue;
      }
      let row = ((n * params.in_channels + c) * params.height + u32(iy)) * params.width;
      for (var kx = 0u; kx < params.kernel_w; kx++) {
        let ix = i32(ox * params.stride_w + kx * params.dilation) - i32(params.pad_w);
        var v = vec4f();
        for (var p = 0; p < 4; p++) {
          let at = ix + p * i32(params.stride_w);
          if (at >= 0 && at < i32(params.width)) {
            v[p] = activate(x[row + u32(at)], a);
          }
        }
        let w = o * weights + ci * taps + ky * params.kernel_w + kx;
        acc0 += weight[w] * v;
        acc1 += weight[w + min(1u, o_count - 1u) * weights] * v;
        acc2 += weight[w + min(2u, o_count - 1u) * weights] * v;
        acc3 += weight[w + min(3u, o_count - 1u) * weights] * v;
      }
    }
  }
  var acc = array(acc0, acc1, acc2, acc3);
  for (var k = 0u; k < o_count; k++) {
    let at = ((n * params.out_channels + o + k) * params.out_height + oy) * params.out_width + ox;
    for (var p = 0u; p < min(4u, params.out_width - ox); p++) {
      y[at + p] = acc[k][p];
    }
  }
}
