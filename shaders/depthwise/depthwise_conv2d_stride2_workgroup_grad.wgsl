// Both gradients of a depthwise convolution of stride 2 with a window of up to 5x5 taps, 1 or 2 pixels apart, rows of x
// being twice as long as result rows, which are multiples of 4 pixels; as depthwise_conv2d_rows_workgroup_grad.wgsl.
// Pixels of x in even and odd rows and columns see different taps; if dilated, only those in even ones see any.
// One workgroup: one channel, one chunk of `chunk_images` images. One invocation: strips of 8 columns and ROWS pairs of
// rows of x, top to bottom. Grid: (channels, chunks), the first fastest.
// For GPUs; software adapters: depthwise_conv2d_stride2_grad_weight.wgsl.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "depthwise/lib/tap_sums.wgsl"
//#include "depthwise/lib/lines.wgsl"
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
override DILATION: u32 = 1u;
// pairs of rows of a strip
override ROWS: u32 = 4u;
// Whether the gradient of x is wanted; it is added where params.accumulate says so.
override INPUT: bool = true;

const LANES = 64u;
// If dilated, even pixels of x see what those of a convolution of stride 1 see that is not dilated.
const STEP = 1u;

// 8 neighbouring pixels of x: those in even and in odd columns.
struct Piece {
  even: vec4f,
  odd: vec4f,
}

fn piece_of(first: vec4f, second: vec4f) -> Piece {
  return Piece(vec4f(first.xz, second.xz), vec4f(first.yw, second.yw));
}

// What 8 pixels receive through one row of taps, if not dilated.
fn add_piece(sum: Piece, w: Taps, v: Line) -> Piece {
  var even = sum.even + w.inner.y * v.centre;
  if (WIDE) {
    even += w.outer.x * right(v) + w.outer.y * left(v);
  }
  return Piece(even, sum.odd + w.inner.x * right(v) + w.inner.z * v.centre);
}

// What one row of taps receives from 8 pixels, if not dilated.
fn add_piece_weight(sum: Taps, u: Piece, v: Line) -> Taps {
  let inner = vec3f(
    add_product(sum.inner.x, u.odd, right(v)),
    add_product(sum.inner.y, u.even, v.centre),
    add_product(sum.inner.z, u.odd, v.centre),
  );
  if (WIDE) {
    return Taps(
      inner,
      vec2f(add_product(sum.outer.x, u.even, right(v)), add_product(sum.outer.y, u.even, left(v))),
    );
  }
  return Taps(inner, sum.outer);
}

// Row y of x from vec4 `at` on.
struct Row {
  at: u32,
  inside: bool,
  first: vec4f,
  second: vec4f,
}

fn load_row(plane: u32, y: u32, quad: u32) -> Row {
  let inside = y < params.source_height;
  let row_quads = params.source_width / 4u;
  let at = (plane * params.source_height + min(y, params.source_height - 1u)) * row_quads + 2u * quad;
  return Row(at, inside, x[at], x[at + 1u]);
}

// As the convolution reads it; zero outside.
fn activated(row: Row, a: vec2f) -> Piece {
  let first = select(vec4f(), activate4(row.first, a), row.inside);
  let second = select(vec4f(), activate4(row.second, a), row.inside);
  return piece_of(first, second);
}

fn store_row(row: Row, a: vec2f, gradient: Piece) {
  if (!INPUT || !row.inside) {
    return;
  }
  let even = gradient.even;
  let odd = gradient.odd;
  var first = mask4(vec4f(even.x, odd.x, even.y, odd.y), row.first, a);
  var second = mask4(vec4f(even.z, odd.z, even.w, odd.w), row.second, a);
  if (params.accumulate != 0u) {
    first += grad_input[row.at];
    second += grad_input[row.at + 1u];
  }
  grad_input[row.at] = first;
  grad_input[row.at + 1u] = second;
}

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
  let quads = params.result_width / 4u;
  let strips = ((params.source_height + 1u) / 2u + ROWS - 1u) / ROWS;

  var sums = FrameTaps();
  for (var unit = lane; unit < images * strips * quads; unit += LANES) {
    var unit_rest = unit;
    let quad = next_coordinate(&unit_rest, quads);
    let first = ROWS * next_coordinate(&unit_rest, strips);
    let plane = (image_begin + unit_rest) * params.result_channels + channel;
    // the gradient rows that a pair of rows of x sees, from top to bottom; if not dilated, only three of them
    var v0 = Line();
    var v1 = Line();
    var v2 = load_line(plane, first, quad, size);
    var v3 = Line();
    var v4 = Line();
    if (WIDE || DILATION == 2u) {
      v1 = load_line(plane, first - 1u, quad, size);
    }
    if (WIDE && DILATION == 2u) {
      v0 = load_line(plane, first - 2u, quad, size);
      v3 = load_line(plane, first + 1u, quad, size);
    }
    for (var i = 0u; i < ROWS; i++) {
      let pair = first + i;
      let even_row = load_row(plane, 2u * pair, quad);
      let odd_row = load_row(plane, 2u * pair + 1u, quad);
      let even_u = activated(even_row, a);
      let odd_u = activated(odd_row, a);
      var even_grad = Piece();
      var odd_grad = Piece();
      if (DILATION == 2u) {
        if (WIDE) {
          v4 = load_line(plane, pair + 2u, quad, size);
          even_grad.even = add_input(add_input(even_grad.even, w.row4, v0), w.row0, v4);
          sums.row4 = add_weight(sums.row4, even_u.even, v0);
          sums.row0 = add_weight(sums.row0, even_u.even, v4);
        } else {
          v3 = load_line(plane, pair + 1u, quad, size);
        }
        even_grad.even =
          add_input(add_input(add_input(even_grad.even, w.row3, v1), w.row2, v2), w.row1, v3);
        sums.row3 = add_weight(sums.row3, even_u.even, v1);
        sums.row2 = add_weight(sums.row2, even_u.even, v2);
        sums.row1 = add_weight(sums.row1, even_u.even, v3);
      } else {
        v3 = load_line(plane, pair + 1u, quad, size);
        even_grad = add_piece(even_grad, w.row2, v2);
        sums.row2 = add_piece_weight(sums.row2, even_u, v2);
        if (WIDE) {
          even_grad = add_piece(add_piece(even_grad, w.row4, v1), w.row0, v3);
          sums.row4 = add_piece_weight(sums.row4, even_u, v1);
          sums.row0 = add_piece_weight(sums.row0, even_u, v3);
        }
        odd_grad = add_piece(add_piece(odd_grad, w.row3, v2), w.row1, v3);
        sums.row3 = add_piece_weight(sums.row3, odd_u, v2);
        sums.row1 = add_piece_weight(sums.row1, odd_u, v3);
      }
      store_row(even_row, a, even_grad);
      store_row(odd_row, a, odd_grad);
      v0 = v1;
      v1 = v2;
      v2 = v3;
      v3 = v4;
    }
  }
  store_sums(chunk, channel, lane, sums);
}
