// Gradient of a 1x1 convolution with respect to its (activated) input, set to 0 where ReLU cut.
// One invocation: 4 input channels x 4 input pixels. Grid: (4-pixel tiles, 4-channel blocks, images).
//#include "lib/conv_1x1_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> grad_output: array<f32>;
@group(0) @binding(5) var<storage, read_write> grad_input: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(workgroup_id) workgroup: vec3u) {
  let out_pixels = params.out_height * params.out_width;
  let pixels = params.height * params.width;
  let pixel = id.x * 4u;
  if (pixel >= pixels) {
    return;
  }
  let c = workgroup.y * 4u;
  let c_count = min(4u, params.in_channels - c);
  let n = workgroup.z;
  let half_channels = params.out_channels / params.halves;
  let stride_h = i32(params.stride_h);
  let stride_w = i32(params.stride_w);

  var acc0 = vec4f();
  var acc1 = vec4f();
  var acc2 = vec4f();
  var acc3 = vec4f();
  for (var half = 0u; half < params.halves; half++) {
    // the output pixels of this half that read the 4 input pixels, where there are any
    var at = vec4u();
    var used = vec4<bool>();
    for (var p = 0u; p < 4u; p++) {
      let sy = i32((pixel + p) / params.width) - params.offset_h - i32(half);
      let sx = i32((pixel + p) % params.width) - params.offset_w - i32(half);
      used[p] = sy >= 0 && sx >= 0 && sy % stride_h == 0 && sx % stride_w == 0 &&
        sy / stride_h < i32(params.out_height) && sx / stride_w < i32(params.out_width);
      at[p] = select(0u, u32(sy / stride_h) * params.out_width + u32(sx / stride_w), used[p]);
    }
    if (!any(used)) {
      continue;
    }
    for (var o = half * half_channels; o < (half + 1u) * half_channels; o++) {
      let base = (n * params.out_channels + o) * out_pixels;
      var v = vec4f();
      for (var p = 0; p < 4; p++) {
        v[p] = grad_output[base + at[p]];
      }
      v = select(vec4f(), v, used);
      let w = o * params.in_channels + c;
      acc0 += weight[w] * v;
      acc1 += weight[w + min(1u, c_count - 1u)] * v;
      acc2 += weight[w + min(2u, c_count - 1u)] * v;
      acc3 += weight[w + min(3u, c_count - 1u)] * v;
    }
  }
  var acc = array(acc0, acc1, acc2, acc3);
  for (var k = 0u; k < c_count; k++) {
    let a = scale_shift(c + k);
    let to = (n * params.in_channels + c + k) * pixels + pixel;
    for (var p = 0u; p < min(4u, pixels - pixel); p++) {
      let before = select(0.0, grad_input[to + p], params.accumulate != 0u);
      grad_input[to + p] = before + acc[k][p] * pass_through(x[to + p], a);
    }
  }
}
