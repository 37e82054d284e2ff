// Both gradients of a depthwise convolution in one call, since a GPU does not overlap calls:
// - with respect to its weight, as partial sums over chunks of `chunk_images` images; partials: (chunks, C, KH, KW),
//   added up later. One workgroup: one tap of one channel, one chunk. Its invocations take every 128th output pixel,
//   and their sums are added in pairs. Grid: (taps, channels, chunks), the first fastest.
// - with respect to x, in workgroups behind those: one takes 512 neighbouring elements, its invocations every 128th.
// The parameters are those of the forward pass: x is the source, y the result.
// For GPUs; software adapters: depthwise_conv2d_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> grad_output: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;
@group(0) @binding(6) var<storage, read_write> grad_input: array<f32>;

// Whether the weight's gradient is added to what is there; that of x where params.accumulate says so.
override ACCUMULATE_WEIGHT: bool = false;

var<workgroup> sums: array<f32, 128>;

// Output pixel that reads source pixel `at` through a tap, or a large number where there is none.
fn reader(at: u32, tap: u32, up: u32, pad: i32, size: u32) -> u32 {
  let reached = i32(at) + pad - i32(tap * params.dilation);
  let i = u32(max(reached, 0)) / up;
  return select(0xffffffffu, i, reached >= 0 && i * up == u32(reached) && i < size);
}

fn sum_weight(index: u32, local: u32) -> f32 {
  var rest = index;
  let tap = next_coordinate(&rest, params.kernel_h * params.kernel_w);
  let channel = next_coordinate(&rest, params.result_channels);
  let image_begin = params.chunk_images * rest;
  let image_end = min(image_begin + params.chunk_images, params.batch);
  let dy = i32(tap / params.kernel_w * params.dilation) - params.pad_h;
  let dx = i32(tap % params.kernel_w * params.dilation) - params.pad_w;
  let a = scale_shift(channel, params.source_channels);
  let result_plane = params.result_height * params.result_width;
  var sum = 0.0;
  for (var image = image_begin; image < image_end; image++) {
    let plane = image * params.source_channels + channel;
    for (var pixel = local; pixel < result_plane; pixel += 128u) {
      var row = pixel;
      let column = next_coordinate(&row, params.result_width);
      // a row above the image is a large u32
      let iy = u32(i32(row * params.up_h) + dy);
      let ix = u32(i32(column * params.up_w) + dx);
      let inside = iy < params.source_height && ix < params.source_width;
      let at = select(0u, iy * params.source_width + ix, inside);
      let v = activate(x[plane * params.source_height * params.source_width + at], a);
      sum += grad_output[plane * result_plane + pixel] * select(0.0, v, inside);
    }
  }
  return sum;
}

fn write_input(i: u32) {
  var rest = i;
  let column = next_coordinate(&rest, params.source_width);
  let row = next_coordinate(&rest, params.source_height);
  let plane = rest;
  let channel = plane % params.source_channels;
  var sum = 0.0;
  for (var ky = 0u; ky < params.kernel_h; ky++) {
    let oy = reader(row, ky, params.up_h, params.pad_h, params.result_height);
    for (var kx = 0u; kx < params.kernel_w; kx++) {
      let ox = reader(column, kx, params.up_w, params.pad_w, params.result_width);
      let reads = oy < params.result_height && ox < params.result_width;
      let at = (plane * params.result_height + oy) * params.result_width + ox;
      let tap = (channel * params.kernel_h + ky) * params.kernel_w + kx;
      sum += weight[tap] * select(0.0, grad_output[select(0u, at, reads)], reads);
    }
  }
  sum = mask(sum, x[i], scale_shift(channel, params.source_channels));
  grad_input[i] = sum + select(0.0, grad_input[i], params.accumulate != 0u);
}

@compute @workgroup_size(128)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = workgroup_index(workgroup, workgroups);
  let chunks = (params.batch + params.chunk_images - 1u) / params.chunk_images;
  let of_weight = params.kernel_h * params.kernel_w * params.result_channels * chunks;
  if (index < of_weight) {
    sums[local] = sum_weight(index, local);
    workgroupBarrier();
    for (var half = 64u; half > 0u; half /= 2u) {
      if (local < half) {
        sums[local] += sums[local + half];
      }
      workgroupBarrier();
    }
    if (local == 0u) {
      var sum = sums[0];
      if (ACCUMULATE_WEIGHT) {
        sum += partials[index];
      }
      partials[index] = sum;
    }
    return;
  }
  let elements = params.batch * params.source_channels * params.source_height * params.source_width;
  let first = (index - of_weight) * 512u + local;
  for (var i = first; i < min(first + 512u, elements); i += 128u) {
    write_input(i);
  }
}
