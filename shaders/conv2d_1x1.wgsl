// 1x1 convolution: a matrix product over the channels of every pixel.
// One invocation: 4 output channels of a half x 4 output pixels.
// Grid: (4-pixel tiles of an image, 4-channel blocks of all halves, images).
//#include "lib/conv_1x1_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let out_pixels = params.out_height * params.out_width;
  let pixels = params.height * params.width;
  let pixel = id.x * 4u;
  if (pixel >= out_pixels) {
    return;
  }
  let half_channels = params.out_channels / params.halves;
  let blocks = (half_channels + 3u) / 4u;
  let half = workgroup.y / blocks;
  let o_in_half = (workgroup.y % blocks) * 4u;
  let o = half * half_channels + o_in_half;
  let o_count = min(4u, half_channels - o_in_half);
  let n = workgroup.z;
  let count = min(4u, out_pixels - pixel);

  // where the 4 pixels lie in an input plane, and which of them lie inside
  var at = vec4u();
  var inside = vec4<bool>();
  for (var p = 0u; p < count; p++) {
    let iy = i32((pixel + p) / params.out_width * params.stride_h + half) + params.offset_h;
    let ix = i32((pixel + p) % params.out_width * params.stride_w + half) + params.offset_w;
    inside[p] = iy >= 0 && iy < i32(params.height) && ix >= 0 && ix < i32(params.width);
    at[p] = select(0u, u32(iy) * params.width + u32(ix), inside[p]);
  }

  var acc0 = vec4f();
  var acc1 = vec4f();
  var acc2 = vec4f();
  var acc3 = vec4f();
  for (var c = 0u; c < params.in_channels; c++) {
    let a = scale_shift(c);
    let base = (n * params.in_channels + c) * pixels;
    var v = vec4f();
    for (var p = 0; p < 4; p++) {
      v[p] = activate(x[base + at[p]], a);
    }
    v = select(vec4f(), v, inside);
    let w = o * params.in_channels + c;
    acc0 += weight[w] * v;
    acc1 += weight[w + min(1u, o_count - 1u) * params.in_channels] * v;
    acc2 += weight[w + min(2u, o_count - 1u) * params.in_channels] * v;
    acc3 += weight[w + min(3u, o_count - 1u) * params.in_channels] * v;
  }
  var acc = array(acc0, acc1, acc2, acc3);
  for (var k = 0u; k < o_count; k++) {
    let to = (n * params.out_channels + o + k) * out_pixels + pixel;
    for (var p = 0u; p < count; p++) {
      y[to + p] = acc[k][p];
    }
  }
}
