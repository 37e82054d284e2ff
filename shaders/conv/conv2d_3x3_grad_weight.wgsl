// Gradient with respect to its weight of a 3x3 convolution that keeps the image's size, one group, rows being
// multiples of 8 pixels; as partial sums over pieces of 8 columns of `chunk_images` images.
// partials: (chunks, row pieces, O, C, 3, 3); sum_partials adds them up.
// One invocation: 4 output channels x 1 input channel, one piece, top to bottom. Grid: (input channels, blocks of 4
// output channels, pieces, chunks), the first fastest.
// For software adapters; GPUs: conv2d_tiled_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "conv/lib/conv_rows.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;

// Products of 8 gradients with the pixels that the 3 taps of one window row see.
fn row_products(g: mat2x4f, v: Row) -> vec3f {
  let left = moved_left(v);
  let right = moved_right(v);
  return vec3f(
    dot(g[0], left[0]) + dot(g[1], left[1]),
    dot(g[0], v.piece[0]) + dot(g[1], v.piece[1]),
    dot(g[0], right[0]) + dot(g[1], right[1]),
  );
}

// Products of the 8 gradients at vec4 `at`, with 3 rows of pixels.
fn window_products(at: u32, inside: bool, above: Row, same: Row, below: Row) -> mat3x3f {
  let g = mat2x4f(select(vec4f(), grad_output[at], inside), select(vec4f(), grad_output[at + 1u], inside));
  return mat3x3f(row_products(g, above), row_products(g, same), row_products(g, below));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.source_width / 4u;
  let pieces = row_quads / 2u;
  let blocks = (params.result_channels + 3u) / 4u;
  var rest = linear_id(id, workgroups, 64u);
  let in_channel = next_coordinate(&rest, params.source_channels);
  let out_channel = 4u * next_coordinate(&rest, blocks);
  let part = rest;
  let quad = 2u * next_coordinate(&rest, pieces);
  let image_begin = params.chunk_images * rest;
  if (image_begin >= params.batch) {
    return;
  }
  let image_end = min(image_begin + params.chunk_images, params.batch);
  let a = scale_shift(in_channel, params.source_channels);
  // channels past the last repeat it
  let last = params.result_channels - 1u - out_channel;
  let plane_quads = params.source_height * row_quads;

  var sum0 = mat3x3f();
  var sum1 = mat3x3f();
  var sum2 = mat3x3f();
  var sum3 = mat3x3f();
  for (var image = image_begin; image < image_end; image++) {
    let plane = (image * params.source_channels + in_channel) * params.source_height;
    let grad_plane = (image * params.result_channels + out_channel) * plane_quads + quad;
    // Every source row is loaded once, as the one below a gradient row; row -1 is zero.
    var above = Row();
    var same = Row();
    for (var row = 0u; row <= params.source_height; row++) {
      let below = load_row(plane, row, quad, a);
      let inside = row > 0u;
      let at = grad_plane + (max(row, 1u) - 1u) * row_quads;
      // The 4 channels in turn, each rotated through sum0: unrolled, they would compile four times as long.
      for (var k = 0u; k < 4u; k++) {
        let sum = sum0 + window_products(at + min(k, last) * plane_quads, inside, above, same, below);
        sum0 = sum1;
        sum1 = sum2;
        sum2 = sum3;
        sum3 = sum;
      }
      above = same;
      same = below;
    }
  }

  // loops that no compiler unrolls: each unrolled access costs time to compile
  let end = min(out_channel + 4u, params.result_channels);
  for (var channel = out_channel; channel < end; channel++) {
    let to = ((part * params.result_channels + channel) * params.source_channels + in_channel) * 9u;
    for (var i = to; i < to + 9u; i++) {
      partials[i] = sum0[0].x + select(0.0, partials[i], params.accumulate != 0u);
      sum0 = mat3x3f(vec3f(sum0[0].yz, sum0[1].x), vec3f(sum0[1].yz, sum0[2].x), vec3f(sum0[2].yz, 0.0));
    }
    sum0 = sum1;
    sum1 = sum2;
    sum2 = sum3;
  }
}
