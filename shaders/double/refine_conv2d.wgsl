// A convolution to twice the precision of f32: y + y_low = conv(relu?(x + x_low), weight).
// x, x_low: (N, C, H, W); weight: (O, C / groups, KH, KW); y, y_low: (N, O, OH, OW).
// One invocation: one output value.
//#include "lib/grid.wgsl"
//#include "lib/double_float.wgsl"
struct Params {
  batch: u32,
  in_channels: u32,
  height: i32,
  width: i32,
  out_channels: u32,
  out_height: u32,
  out_width: u32,
  kernel_h: u32,
  kernel_w: u32,
  stride_h: u32,
  stride_w: u32,
  pad_h: i32,
  pad_w: i32,
  dilation: u32,
  // channels of one group
  group_in: u32,
  group_out: u32,
  // from one group to the next: channels and pixels of x, as in lib/conv_params.wgsl
  group_step: u32,
  group_shift: i32,
  relu: u32,
  zero: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> x_low: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;
@group(0) @binding(5) var<storage, read_write> y_low: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let i = linear_id(id, workgroups, 64u);
  let plane = params.out_height * params.out_width;
  if (i >= params.batch * params.out_channels * plane) {
    return;
  }
  let out_channel = i / plane % params.out_channels;
  let image = i / plane / params.out_channels;
  let group = out_channel / params.group_out;
  let shift = i32(group) * params.group_shift;
  let top = i32(i % plane / params.out_width * params.stride_h) - params.pad_h + shift;
  let left = i32(i % params.out_width * params.stride_w) - params.pad_w + shift;
  let first_plane = image * params.in_channels + group * params.group_step;

  var sum = vec2f();
  for (var c = 0u; c < params.group_in; c++) {
    for (var ky = 0u; ky < params.kernel_h; ky++) {
      let iy = top + i32(ky * params.dilation);
      for (var kx = 0u; kx < params.kernel_w; kx++) {
        let ix = left + i32(kx * params.dilation);
        if (iy < 0 || iy >= params.height || ix < 0 || ix >= params.width) {
          continue;
        }
        let at = (i32(first_plane + c) * params.height + iy) * params.width + ix;
        var v = vec2f(x[at], x_low[at]);
        if (params.relu != 0u) {
          v = relu2(v);
        }
        let w = weight[((out_channel * params.group_in + c) * params.kernel_h + ky) * params.kernel_w + kx];
        let product = exact_product(w, v.x);
        let next = exact_sum(sum.x, product.x);
        sum = vec2f(next.x, sum.y + (next.y + (product.y + w * v.y)));
      }
    }
  }
  sum = normalised(sum);
  y[i] = sum.x;
  y_low[i] = sum.y;
}
