// Gradient with respect to its weight of a 3x3 convolution that keeps the image's size, one group, rows of whole
// vec4s; as partial sums over pieces of 8 columns of `chunk_images` images.
// partials: (chunks, row pieces, O, C, 3, 3); sum_partials adds them up.
// One invocation: 4 output channels x 1 input channel, one piece, top to bottom. Grid: (input channels, blocks of 4
// output channels, pieces, chunks), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/conv_rows.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;

// Products of 8 gradients with the pixels that the 3 taps of one window row see.
fn row_products(g: mat2x4f, v: Window) -> vec3f {
  return vec3f(
    dot(g[0], v.left[0]) + dot(g[1], v.left[1]),
    dot(g[0], v.centre[0]) + dot(g[1], v.centre[1]),
    dot(g[0], v.right[0]) + dot(g[1], v.right[1]),
  );
}

fn window_products(g: mat2x4f, above: Window, same: Window, below: Window) -> mat3x3f {
  return mat3x3f(row_products(g, above), row_products(g, same), row_products(g, below));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.source_width / 4u;
  let pieces = (row_quads + 1u) / 2u;
  let blocks = (params.result_channels + 3u) / 4u;
  var rest = linear_id(id, workgroups, 64u);
  let c = rest % params.source_channels;
  rest /= params.source_channels;
  let o = rest % blocks * 4u;
  rest /= blocks;
  let quad = rest % pieces * 2u;
  let part = rest;
  let begin = rest / pieces * params.chunk_images;
  if (begin >= params.batch) {
    return;
  }
  let a = scale_shift(c, params.source_channels);
  let count = min(4u, params.result_channels - o);
  let second = select(0.0, 1.0, quad + 1u < row_quads);
  // plane offsets of the 4 output channels; channels past the last repeat it
  let plane_quads = params.source_height * row_quads;
  let o1 = min(1u, count - 1u) * plane_quads;
  let o2 = min(2u, count - 1u) * plane_quads;
  let o3 = min(3u, count - 1u) * plane_quads;

  var sum0 = mat3x3f();
  var sum1 = mat3x3f();
  var sum2 = mat3x3f();
  var sum3 = mat3x3f();
  for (var n = begin; n < min(begin + params.chunk_images, params.batch); n++) {
    let plane = (n * params.source_channels + c) * params.source_height;
    var above = load_window(plane, 0xffffffffu, quad, a);
    var same = load_window(plane, 0u, quad, a);
    var at = (n * params.result_channels + o) * plane_quads + quad;
    for (var row = 0u; row < params.source_height; row++) {
      let below = load_window(plane, row + 1u, quad, a);
      sum0 += window_products(mat2x4f(grad_output[at], second * grad_output[at + 1u]), above, same, below);
      sum1 += window_products(mat2x4f(grad_output[at + o1], second * grad_output[at + o1 + 1u]), above, same, below);
      sum2 += window_products(mat2x4f(grad_output[at + o2], second * grad_output[at + o2 + 1u]), above, same, below);
      sum3 += window_products(mat2x4f(grad_output[at + o3], second * grad_output[at + o3 + 1u]), above, same, below);
      above = same;
      same = below;
      at += row_quads;
    }
  }

  for (var k = 0u; k < count; k++) {
    let to = ((part * params.result_channels + o + k) * params.source_channels + c) * 9u;
    for (var t = 0u; t < 9u; t++) {
      partials[to + t] = sum0[0].x + select(0.0, partials[to + t], params.accumulate != 0u);
      sum0 = mat3x3f(vec3f(sum0[0].yz, sum0[1].x), vec3f(sum0[1].yz, sum0[2].x), vec3f(sum0[2].yz, 0.0));
    }
    sum0 = sum1;
    sum1 = sum2;
    sum2 = sum3;
  }
}
