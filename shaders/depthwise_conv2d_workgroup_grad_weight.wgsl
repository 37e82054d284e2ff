// Gradient of a depthwise convolution with respect to its weight, as depthwise_conv2d_grad_weight.wgsl, for GPUs; as
// partial sums over chunks of `chunk_images` images. partials: (chunks, C, KH, KW); sum_partials adds them up.
// One workgroup: one tap of one channel, one chunk. Its invocations take every 128th output pixel, and their sums are
// added in pairs. Grid: (taps, channels, chunks), the first fastest.
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

var<workgroup> sums: array<f32, 128>;

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let taps = params.kernel_h * params.kernel_w;
  let index = workgroup.x + workgroup.y * workgroups.x;
  let at_tap = divide(index, taps);
  let at_channel = divide(at_tap.x, params.result_channels);
  let tap = at_tap.y;
  let c = at_channel.y;
  let begin = at_channel.x * params.chunk_images;
  if (begin >= params.batch) {
    return;
  }
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w;
  let a = scale_shift(c, params.source_channels);
  let result_plane = params.result_height * params.result_width;

  var sum = 0.0;
  for (var n = begin; n < min(begin + params.chunk_images, params.batch); n++) {
    let plane = n * params.source_channels + c;
    for (var pixel = local; pixel < result_plane; pixel += 128u) {
      let at_row = divide(pixel, params.result_width);
      // a row above the image is a large u32
      let iy = u32(i32(at_row.x * params.up_h) + dy);
      let ix = u32(i32(at_row.y * params.up_w) + dx);
      let inside = iy < params.source_height && ix < params.source_width;
      let at = select(0u, iy * params.source_width + ix, inside);
      let v = activate(x[plane * params.source_height * params.source_width + at], a);
      sum += grad_output[plane * result_plane + pixel] * select(0.0, v, inside);
    }
  }
  sums[local] = sum;
  workgroupBarrier();
  for (var half = 64u; half > 0u; half /= 2u) {
    if (local < half) {
      sums[local] += sums[local + half];
    }
    workgroupBarrier();
  }
  if (local == 0u) {
    partials[index] = sums[0] + select(0.0, partials[index], params.accumulate != 0u);
  }
}
