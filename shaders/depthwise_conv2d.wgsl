// Depthwise convolution, one kernel window per channel: any window, stride, padding and dilation.
// One invocation: 4 neighbouring pixels of an output row of one channel.
// Grid: (4-pixel tiles of all rows, channels, images).
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
  let c = workgroup.y;
  let plane = workgroup.z * params.in_channels + c;
  let a = scale_shift(c);

  var acc = vec4f();
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    let iy = i32(oy * params.stride_h + ky * params.dilation) - i32(params.pad_h);
    if (iy < 0 || iy >= i32(params.height)) {
      continue;
    }
    let row = (plane * params.height + u32(iy)) * params.width;
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let ix = i32(ox * params.stride_w + kx * params.dilation) - i32(params.pad_w);
      var v = vec4f();
      for (var p = 0; p < 4; p++) {
        let at = ix + p * i32(params.stride_w);
        if (at >= 0 && at < i32(params.width)) {
          v[p] = activate(x[row + u32(at)], a);
        }
      }
      acc += weight[(c * params.kernel_h + ky) * params.kernel_w + kx] * v;
    }
  }
  let at = (plane * params.out_height + oy) * params.out_width + ox;
  for (var p = 0u; p < min(4u, params.out_width - ox); p++) {
    y[at + p] = acc[p];
  }
}
