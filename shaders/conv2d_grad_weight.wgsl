// Gradient of a convolution with respect to its weight, as partial sums over chunks of output rows.
// partials: (chunks, O, C / groups, KH, KW); sum_partials adds them up. With one chunk it is the gradient itself.
// One invocation: one weight, one chunk. Grid: (weights, chunks).
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<f32>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let taps = params.kernel_h * params.kernel_w;
  let weights = params.out_channels * params.group_in * taps;
  if (id.x >= weights) {
    return;
  }
  let kx = id.x % params.kernel_w;
  let ky = id.x / params.kernel_w % params.kernel_h;
  let o = id.x / (taps * params.group_in);
  let c = o / params.group_out * params.group_in + id.x / taps % params.group_in;
  let a = scale_shift(c);

  var sum = 0.0;
  let end = min((id.y + 1u) * params.chunk_rows, params.batch * params.out_height);
  for (var r = id.y * params.chunk_rows; r < end; r++) {
    let n = r / params.out_height;
    let oy = r % params.out_height;
    let iy = i32(oy * params.stride_h + ky * params.dilation) - i32(params.pad_h);
    if (iy < 0 || iy >= i32(params.height)) {
      continue;
    }
    let x_row = ((n * params.in_channels + c) * params.height + u32(iy)) * params.width;
    let g_row = ((n * params.out_channels + o) * params.out_height + oy) * params.out_width;
    for (var ox = 0u; ox < params.out_width; ox++) {
      let ix = i32(ox * params.stride_w + kx * params.dilation) - i32(params.pad_w);
      if (ix >= 0 && ix < i32(params.width)) {
        sum += grad_output[g_row + ox] * activate(x[x_row + u32(ix)], a);
      }
    }
  }
  let at = id.y * weights + id.x;
  partials[at] = sum + select(0.0, partials[at], params.accumulate != 0u);
}
