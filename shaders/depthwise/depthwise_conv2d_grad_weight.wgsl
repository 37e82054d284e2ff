// Gradient of a depthwise convolution with respect to its weight, as partial sums over chunks of `chunk_size` output
// rows of all images. partials: (chunks, C, KH, KW); sum_partials adds them up.
// One invocation: one tap of one channel, one chunk. Grid: (taps, channels, chunks), the first fastest.
// For software adapters; GPUs: depthwise_conv2d_workgroup_grad.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let taps = params.kernel_h * params.kernel_w;
  let index = linear_id(id, workgroups, 64u);
  var rest = index;
  let tap = next_coordinate(&rest, taps);
  let channel = next_coordinate(&rest, params.result_channels);
  let chunk = rest;
  let rows = params.batch * params.result_height;
  let begin = chunk * params.chunk_size;
  if (begin >= rows) {
    return;
  }
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w;
  let a = scale_shift(channel, params.source_channels);

  var sum = 0.0;
  for (var row = begin; row < min(begin + params.chunk_size, rows); row++) {
    let image = row / params.result_height;
    let oy = row % params.result_height;
    let iy = u32(i32(oy * params.up_h) + dy);
    let limit = select(0u, params.source_width, iy < params.source_height);
    let plane = image * params.source_channels + channel;
    let source_row = (plane * params.source_height + min(iy, params.source_height - 1u)) * params.source_width;
    let result_row = (plane * params.result_height + oy) * params.result_width;
    for (var ox = 0u; ox < params.result_width; ox++) {
      // a column left of the image is a large u32
      let ix = u32(i32(ox * params.up_w) + dx);
      let v = activate(x[source_row + min(ix, params.source_width - 1u)], a);
      sum += grad_output[result_row + ox] * select(0.0, v, ix < limit);
    }
  }
  partials[index] = sum + select(0.0, partials[index], params.accumulate != 0u);
}
