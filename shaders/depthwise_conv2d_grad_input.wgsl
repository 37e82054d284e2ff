// Gradient of a depthwise convolution with respect to its (activated) input, set to 0 where ReLU cut.
// One invocation: 4 neighbouring pixels of an input row of one channel.
// Grid: (4-pixel tiles of all rows, channels, images).
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> grad_output: array<f32>;
@group(0) @binding(5) var<storage, read_write> grad_input: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let tiles = (params.width + 3u) / 4u;
  let iy = id.x / tiles;
  let ix = (id.x % tiles) * 4u;
  if (iy >= params.height) {
    return;
  }
  let c = workgroup.y;
  let plane = workgroup.z * params.in_channels + c;
  let stride_h = i32(params.stride_h);
  let stride_w = i32(params.stride_w);

  var acc = vec4f();
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    // the output row whose tap ky reads row iy, if there is one
    let sy = i32(iy + params.pad_h) - i32(ky * params.dilation);
    if (sy < 0 || sy % stride_h != 0 || sy / stride_h >= i32(params.out_height)) {
      continue;
    }
    let row = (plane * params.out_height + u32(sy / stride_h)) * params.out_width;
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let sx = i32(ix + params.pad_w) - i32(kx * params.dilation);
      var v = vec4f();
      for (var p = 0; p < 4; p++) {
        let at = sx + p;
        if (at >= 0 && at % stride_w == 0 && at / stride_w < i32(params.out_width)) {
          v[p] = grad_output[row + u32(at / stride_w)];
        }
      }
      acc += weight[(c * params.kernel_h + ky) * params.kernel_w + kx] * v;
    }
  }
  let a = scale_shift(c);
  let at = (plane * params.height + iy) * params.width + ix;
  for (var p = 0u; p < min(4u, params.width - ix); p++) {
    let before = select(0.0, grad_input[at + p], params.accumulate != 0u);
    grad_input[at + p] = before + acc[p] * pass_through(x[at + p], a);
  }
}
