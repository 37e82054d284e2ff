// 3x3 convolution that keeps the image's size, one group, rows being multiples of 8 pixels; and its gradient with
// respect to x, which is the same with the windows turned (lib/conv_params.wgsl).
// One invocation: 4 result channels x 2 pieces of 8 neighbouring pixels, one after the other in memory.
// Grid: (pairs of pieces, images, blocks of 4 channels), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/conv_rows.wgsl"
//#include "lib/conv_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> affine: array<f32>;
@group(0) @binding(5) var<storage, read> weight: array<f32>;
@group(0) @binding(6) var<storage, read_write> result: array<vec4f>;

// One row of a window over a piece of pixels.
fn add_row(acc: mat2x4f, w: vec3f, v: Window) -> mat2x4f {
  return mat2x4f(
    acc[0] + w.x * v.left[0] + w.y * v.centre[0] + w.z * v.right[0],
    acc[1] + w.x * v.left[1] + w.y * v.centre[1] + w.z * v.right[1],
  );
}

fn weights(at: u32, step: u32) -> vec3f {
  return vec3f(weight[at], weight[at + step], weight[at + 2u * step]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.source_width / 4u;
  let quads = params.source_height * row_quads;
  let tiles = (quads + 3u) / 4u;
  let at_tile = divide(linear_id(id, workgroups, 64u), tiles);
  let at_image = divide(at_tile.x, params.batch);
  let r = at_image.x * 4u;
  if (r >= params.result_channels) {
    return;
  }
  let n = at_image.y;
  let quad = at_tile.y * 4u;
  let piece_a = divide(quad, row_quads);
  let piece_b = divide(quad + 2u, row_quads);

  // Weight offsets of the 4 result channels; channels past the last repeat it. Backward, taps come in reverse.
  let last = params.result_channels - 1u - r;
  let r1 = min(1u, last) * params.weight_result;
  let r2 = min(2u, last) * params.weight_result;
  let r3 = min(3u, last) * params.weight_result;
  let step = select(1u, 0xffffffffu, BACKWARD);
  let first = r * params.weight_result + select(0u, 8u, BACKWARD);

  var acc0a = mat2x4f();
  var acc0b = mat2x4f();
  var acc1a = mat2x4f();
  var acc1b = mat2x4f();
  var acc2a = mat2x4f();
  var acc2b = mat2x4f();
  var acc3a = mat2x4f();
  var acc3b = mat2x4f();
  for (var s = 0u; s < params.source_channels; s++) {
    let a = source_scale_shift(s);
    let plane = (n * params.source_channels + s) * params.source_height;
    // kernel_h is 3; written as a number, it would be unrolled and take three times as long to compile
    for (var ky = 0u; ky < params.kernel_h; ky++) {
      let va = load_window(plane, piece_a.x + ky - 1u, piece_a.y, a);
      let vb = load_window(plane, piece_b.x + ky - 1u, piece_b.y, a);
      let w = first + s * params.weight_source + 3u * ky * step;
      let w0 = weights(w, step);
      acc0a = add_row(acc0a, w0, va);
      acc0b = add_row(acc0b, w0, vb);
      let w1 = weights(w + r1, step);
      acc1a = add_row(acc1a, w1, va);
      acc1b = add_row(acc1b, w1, vb);
      let w2 = weights(w + r2, step);
      acc2a = add_row(acc2a, w2, va);
      acc2b = add_row(acc2b, w2, vb);
      let w3 = weights(w + r3, step);
      acc3a = add_row(acc3a, w3, va);
      acc3b = add_row(acc3b, w3, vb);
    }
  }

  // One store in a loop that no compiler unrolls: each unrolled vec4 access costs llvmpipe a tenth of a second.
  let end = min(r + 4u, params.result_channels);
  for (var channel = r; channel < end; channel++) {
    let a = scale_shift(channel, params.result_channels);
    let plane = (n * params.result_channels + channel) * quads;
    for (var q = quad; q < min(quad + 4u, quads); q++) {
      store4(plane + q, a, acc0a[0]);
      acc0a = mat2x4f(acc0a[1], acc0b[0]);
      acc0b = mat2x4f(acc0b[1], vec4f());
    }
    acc0a = acc1a;
    acc0b = acc1b;
    acc1a = acc2a;
    acc1b = acc2b;
    acc2a = acc3a;
    acc2b = acc3b;
  }
}
