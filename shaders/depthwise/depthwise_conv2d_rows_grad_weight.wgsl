// Gradient with respect to its weight of a depthwise convolution of stride 1 with a window of up to 5x5 taps, 1 or 2
// pixels apart, rows being multiples of 8 pixels; as partial sums over pieces of 8 columns of `chunk_images` images.
// partials: (chunks, row pieces, C, KH, KW); sum_partials adds them up.
// One invocation: one channel, one piece, top to bottom (if dilated: even rows, then odd ones). It loads every row
// once. Grid: (channels, pieces, chunks), the first fastest.
// For software adapters; GPUs: depthwise_conv2d_rows_workgroup_grad.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "depthwise/lib/depthwise_rows.wgsl"
//#include "depthwise/lib/depthwise_partials.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> partials: array<f32>;

// false: windows of up to 3x3 taps
override WIDE: bool = true;

fn product(g: mat2x4f, v: mat2x4f) -> f32 {
  return dot(g[0], v[0]) + dot(g[1], v[1]);
}

// Adds what one row of the window sees, whose middle column reads the pixel itself.
fn add_row(sum: Taps, g: mat2x4f, v: Window) -> Taps {
  let inner = sum.inner + vec3f(product(g, v.left), product(g, v.centre), product(g, v.right));
  if (WIDE) {
    return Taps(inner, sum.outer + vec2f(product(g, v.far_left), product(g, v.far_right)));
  }
  return Taps(inner, sum.outer);
}

// Row y of a gradient plane that begins at vec4 `plane`, zero outside.
fn load_grad(plane: u32, y: u32, quad: u32, row_quads: u32) -> mat2x4f {
  let at = plane + min(y, params.result_height - 1u) * row_quads + quad;
  let inside = y < params.result_height;
  return mat2x4f(
    select(vec4f(), grad_output[at], inside),
    select(vec4f(), grad_output[at + 1u], inside),
  );
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.result_width / 4u;
  let pieces = row_quads / 2u;
  let phases = params.dilation;
  var rest = linear_id(id, workgroups, 64u);
  let channel = next_coordinate(&rest, params.result_channels);
  let part = rest;
  let quad = 2u * next_coordinate(&rest, pieces);
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
  let reach = select(1u, 2u, WIDE);
  let rows = (params.result_height + phases - 1u) / phases + 2u * reach;
  for (var image = image_begin; image < image_end; image++) {
    let plane = image * params.result_channels + channel;
    let grad_plane = plane * params.result_height * row_quads;
    for (var phase = 0u; phase < phases; phase++) {
      // the gradient rows that see the source row, from the lowest to the highest
      var g0 = mat2x4f();
      var g1 = mat2x4f();
      var g2 = mat2x4f();
      var g3 = mat2x4f();
      var g4 = mat2x4f();
      for (var i = 0u; i < rows; i++) {
        let v = load_window(plane * params.source_height, phase + (i - reach) * phases, quad, a);
        let g = load_grad(grad_plane, phase + i * phases, quad, row_quads);
        if (WIDE) {
          g4 = g3;
          g3 = g2;
          g2 = g1;
          g1 = g0;
          g0 = g;
          sum0 = add_row(sum0, g0, v);
          sum4 = add_row(sum4, g4, v);
        } else {
          g3 = g2;
          g2 = g1;
          g1 = g;
        }
        sum1 = add_row(sum1, g1, v);
        sum2 = add_row(sum2, g2, v);
        sum3 = add_row(sum3, g3, v);
      }
    }
  }

  store_partials(part, channel, sum0, sum1, sum2, sum3, sum4);
}
