// Both gradients of a depthwise convolution of stride 1 with a window of up to 5x5 taps, 1 or 2 pixels apart, rows
// being multiples of 4 pixels. In one pass, since both need the gradients around every pixel of x:
// - with respect to x;
// - with respect to its weight, as partial sums over chunks of `chunk_images` images; partials: (chunks, C, KH, KW),
//   added up later.
// The parameters are those of the forward pass: x is the source, y the result.
// One workgroup: one channel, one chunk. One invocation: strips of 4 columns and ROWS rows (every second row, if
// dilated), top to bottom. Grid: (channels, chunks), the first fastest.
// For GPUs; software adapters: depthwise_conv2d_rows_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "depthwise/lib/tap_sums.wgsl"
//#include "depthwise/lib/lines.wgsl"
//#include "depthwise/lib/row_strips.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read> weight: array<f32>;
@group(0) @binding(4) var<storage, read> grad_output: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> partials: array<f32>;
@group(0) @binding(6) var<storage, read_write> grad_input: array<vec4f>;

// false: windows of up to 3x3 taps
override WIDE: bool = true;
// pixels from one tap to the next
override STEP: u32 = 1u;
// rows of a strip
override ROWS: u32 = 4u;
// Whether the gradient of x is wanted; it is added where params.accumulate says so.
override INPUT: bool = true;

const LANES = 64u;

fn source_at(at: u32) -> vec4f {
  return grad_output[at];
}

@compute @workgroup_size(64)
fn main(
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
) {
  var rest = workgroup_index(workgroup, workgroups);
  let channel = next_coordinate(&rest, params.result_channels);
  let chunk = rest;
  let image_begin = params.chunk_images * chunk;
  if (image_begin >= params.batch) {
    return;
  }
  let images = min(params.chunk_images, params.batch - image_begin);
  let w = window_of(channel, lane);
  let a = scale_shift(channel, params.source_channels);
  let size = vec2u(params.result_width / 4u, params.result_height);
  let quads = params.source_width / 4u;
  let strips = strips_of(params.source_height);

  var sums = FrameTaps();
  for (var unit = lane; unit < images * strips * STEP * quads; unit += LANES) {
    let strip = strip_at(unit, quads, strips);
    let quad = strip.quad;
    let first = strip.first_row;
    let plane = (image_begin + strip.image) * params.result_channels + channel;
    // the gradient rows that the window of a row of x sees, from top to bottom
    var v0 = Line();
    var v1 = load_line(plane, first - STEP, quad, size);
    var v2 = load_line(plane, first, quad, size);
    var v3 = Line();
    var v4 = Line();
    if (WIDE) {
      v0 = load_line(plane, first - 2u * STEP, quad, size);
      v3 = load_line(plane, first + STEP, quad, size);
    }
    for (var i = 0u; i < ROWS; i++) {
      let row = first + i * STEP;
      let at = (plane * params.source_height + row) * quads + quad;
      let inside = row < params.source_height;
      let stored = select(vec4f(), x[at], inside);
      let u = select(vec4f(), activate4(stored, a), inside);
      var grad = vec4f();
      if (WIDE) {
        v4 = load_line(plane, row + 2u * STEP, quad, size);
        grad = add_input(add_input(grad, w.row4, v0), w.row0, v4);
        sums.row4 = add_weight(sums.row4, u, v0);
        sums.row0 = add_weight(sums.row0, u, v4);
      } else {
        v3 = load_line(plane, row + STEP, quad, size);
      }
      grad = add_input(add_input(add_input(grad, w.row3, v1), w.row2, v2), w.row1, v3);
      sums.row3 = add_weight(sums.row3, u, v1);
      sums.row2 = add_weight(sums.row2, u, v2);
      sums.row1 = add_weight(sums.row1, u, v3);
      if (INPUT && inside) {
        grad = mask4(grad, stored, a);
        if (params.accumulate != 0u) {
          grad += grad_input[at];
        }
        grad_input[at] = grad;
      }
      v0 = v1;
      v1 = v2;
      v2 = v3;
      v3 = v4;
    }
  }
  store_sums(chunk, channel, lane, sums);
}
