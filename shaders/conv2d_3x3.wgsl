// 3x3 convolution that keeps the image's size, one group, rows of whole vec4s; and its gradient with respect to x,
// which is the same with the windows turned (lib/conv_params.wgsl).
// One invocation: 4 result channels x 2 pieces of 8 neighbouring pixels.
// Grid: (pairs of pieces, images, blocks of 4 channels), the first fastest.
//#include "lib/linear.wgsl"
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
  let row_pieces = (row_quads + 1u) / 2u;
  let pieces = params.source_height * row_pieces;
  let pairs = (pieces + 1u) / 2u;
  let index = linear_id(id, workgroups, 64u);
  let r = index / (pairs * params.batch) * 4u;
  if (r >= params.result_channels) {
    return;
  }
  let n = index / pairs % params.batch;
  let piece_a = index % pairs * 2u;
  let piece_b = min(piece_a + 1u, pieces - 1u);
  let row_a = piece_a / row_pieces;
  let row_b = piece_b / row_pieces;
  let quad_a = piece_a % row_pieces * 2u;
  let quad_b = piece_b % row_pieces * 2u;

  // Weight offsets of the 4 result channels; channels past the last repeat it. Backward, taps come in reverse.
  let count = min(4u, params.result_channels - r);
  let r1 = min(1u, count - 1u) * params.weight_result;
  let r2 = min(2u, count - 1u) * params.weight_result;
  let r3 = min(3u, count - 1u) * params.weight_result;
  let step = select(1u, 0xffffffffu, params.backward != 0u);
  let first = r * params.weight_result + select(0u, 8u, params.backward != 0u);

  var acc0a = mat2x4f();
  var acc0b = mat2x4f();
  var acc1a = mat2x4f();
  var acc1b = mat2x4f();
  var acc2a = mat2x4f();
  var acc2b = mat2x4f();
  var acc3a = mat2x4f();
  var acc3b = mat2x4f();
  for (var s = 0u; s < params.source_channels; s++) {
    var a = vec2f(1.0, 0.0);
    if (params.backward == 0u) {
      a = scale_shift(s, params.source_channels);
    }
    let plane = (n * params.source_channels + s) * params.source_height;
    var w = first + s * params.weight_source;
    for (var ky = 0u; ky < 3u; ky++) {
      let va = load_window(plane, row_a + ky - 1u, quad_a, a);
      let vb = load_window(plane, row_b + ky - 1u, quad_b, a);
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
      w += 3u * step;
    }
  }

  let has_b = piece_a + 1u < pieces;
  for (var k = 0u; k < count; k++) {
    let a = scale_shift(r + k, params.result_channels);
    let plane = (n * params.result_channels + r + k) * params.result_height;
    let at_a = (plane + row_a) * row_quads + quad_a;
    let at_b = (plane + row_b) * row_quads + quad_b;
    store4(at_a, true, a, acc0a[0]);
    store4(at_a + 1u, quad_a + 1u < row_quads, a, acc0a[1]);
    store4(at_b, has_b, a, acc0b[0]);
    store4(at_b + 1u, has_b && quad_b + 1u < row_quads, a, acc0b[1]);
    acc0a = acc1a;
    acc0b = acc1b;
    acc1a = acc2a;
    acc1b = acc2b;
    acc2a = acc3a;
    acc2b = acc3b;
  }
}
