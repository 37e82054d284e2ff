// Gradient of a 1x1 convolution with respect to its weight, as partial sums over chunks of output pixels.
// partials: (chunks, O, C); sum_partials adds them up. With one chunk it is the gradient itself.
// One invocation: one output channel x 4 input channels, one chunk. Grid: (4-channel blocks of all rows, chunks).
//#include "lib/conv_1x1_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let blocks = (params.in_channels + 3u) / 4u;
  let o = id.x / blocks;
  let c = (id.x % blocks) * 4u;
  if (o >= params.out_channels) {
    return;
  }
  let half = o / (params.out_channels / params.halves);
  let c_count = min(4u, params.in_channels - c);
  let out_pixels = params.out_height * params.out_width;
  let pixels = params.height * params.width;
  let a0 = scale_shift(c);
  let a1 = scale_shift(c + min(1u, c_count - 1u));
  let a2 = scale_shift(c + min(2u, c_count - 1u));
  let a3 = scale_shift(c + min(3u, c_count - 1u));

  var sum = vec4f();
  let end = min((id.y + 1u) * params.chunk_pixels, params.batch * out_pixels);
  for (var m = id.y * params.chunk_pixels; m < end; m++) {
    let n = m / out_pixels;
    let pixel = m % out_pixels;
    let iy = i32(pixel / params.out_width * params.stride_h + half) + params.offset_h;
    let ix = i32(pixel % params.out_width * params.stride_w + half) + params.offset_w;
    if (iy < 0 || iy >= i32(params.height) || ix < 0 || ix >= i32(params.width)) {
      continue;
    }
    let at = (n * params.in_channels + c) * pixels + u32(iy) * params.width + u32(ix);
    let v = vec4f(
      activate(x[at], a0),
      activate(x[at + min(1u, c_count - 1u) * pixels], a1),
      activate(x[at + min(2u, c_count - 1u) * pixels], a2),
      activate(x[at + min(3u, c_count - 1u) * pixels], a3),
    );
    sum += grad_output[(n * params.out_channels + o) * out_pixels + pixel] * v;
  }
  for (var k = 0u; k < c_count; k++) {
    let to = (id.y * params.out_channels + o) * params.in_channels + c + k;
    partials[to] = sum[k] + select(0.0, partials[to], params.accumulate != 0u);
  }
}
