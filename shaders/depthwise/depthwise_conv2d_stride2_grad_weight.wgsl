// Gradient with respect to its weight of a depthwise convolution of stride 2 with a window of up to 5x5 taps, 1 or 2
// pixels apart, rows of x being twice as long as those of gradOutput, which are multiples of 4 pixels; as partial sums
// over pieces of 4 columns of `chunk_images` images. partials: (chunks, row pieces, C, KH, KW); sum_partials adds them
// up. One invocation: one channel, one piece, top to bottom. It loads every row once.
// Grid: (channels, pieces, chunks), the first fastest.
// For software adapters; GPUs: depthwise_conv2d_stride2_workgroup_grad.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "depthwise/lib/depthwise_stride2.wgsl"
//#include "depthwise/lib/depthwise_partials.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;

// Also for smaller windows, whose other sums are not stored: for them it takes a third longer, but it is one pipeline
// to compile, not two.
const WIDE = true;

// Adds what one row of the window sees, whose middle column reads the first of the two pixels that belong to a result.
fn add_row(sum: Taps, g: vec4f, v: Window) -> Taps {
  return Taps(
    sum.inner + vec3f(dot(g, v.left), dot(g, v.centre), dot(g, v.right)),
    sum.outer + vec2f(dot(g, v.far_left), dot(g, v.far_right)),
  );
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let pieces = params.result_width / 4u;
  var rest = linear_id(id, workgroups, 64u);
  let channel = next_coordinate(&rest, params.result_channels);
  let part = rest;
  let quad = next_coordinate(&rest, pieces);
  let image_begin = params.chunk_images * rest;
  if (image_begin >= params.batch) {
    return;
  }
  let image_end = min(image_begin + params.chunk_images, params.batch);
  let a = scale_shift(channel, params.source_channels);

  var sum0 = Taps();
  var sum1 = Taps();
  var sum2 = Taps();
  var sum3 = Taps();
  var sum4 = Taps();
  let shift = rows_between();
  let rows = ((params.result_height - 1u) << shift) + 5u;
  for (var image = image_begin; image < image_end; image++) {
    let plane = image * params.result_channels + channel;
    // the gradient rows that see the source row, from the lowest to the highest; zero where there is no result row
    var g0 = vec4f();
    var g1 = vec4f();
    var g2 = vec4f();
    var g3 = vec4f();
    var g4 = vec4f();
    for (var i = 0u; i < rows; i++) {
      let v = load_window(plane * params.source_height, (i - 2u) * params.dilation, quad, a);
      let y = i >> shift;
      let at = (plane * params.result_height + min(y, params.result_height - 1u)) * pieces + quad;
      g4 = g3;
      g3 = g2;
      g2 = g1;
      g1 = g0;
      g0 = select(vec4f(), grad_output[at], (i & shift) == 0u && y < params.result_height);
      sum0 = add_row(sum0, g0, v);
      sum1 = add_row(sum1, g1, v);
      sum2 = add_row(sum2, g2, v);
      sum3 = add_row(sum3, g3, v);
      sum4 = add_row(sum4, g4, v);
    }
  }

  store_partials(part, channel, sum0, sum1, sum2, sum3, sum4);
}
