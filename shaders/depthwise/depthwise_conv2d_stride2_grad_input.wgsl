// Gradient of depthwise_conv2d_stride2.wgsl with respect to x, whose rows are twice as long as the source's. Pixels of
// x in even and odd rows and columns see different taps; if dilated, only those in even ones see any.
// One invocation: a strip of 4 source columns and `strip_rows` source rows, top to bottom, and the 8 columns and twice
// as many rows of the result that are there. It loads every source row once, adds it to the result rows that see it,
// and stores the two that are complete. Grid: (pieces of a row, strips, channels, images), the first fastest.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "depthwise/lib/choose.wgsl"
//#include "depthwise/lib/depthwise_taps.wgsl"
//#include "lib/conv_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<vec4f>;
@group(0) @binding(4) var<storage, read> affine: array<f32>;
@group(0) @binding(5) var<storage, read> weight: array<f32>;
@group(0) @binding(6) var<storage, read_write> result: array<vec4f>;

const WIDE = true;

// What the 4 result pixels in even columns see, and two pieces besides: if dilated, what the outermost taps of even
// columns see, else what odd columns see.
struct Window {
  left: vec4f,
  centre: vec4f,
  right: vec4f,
  beside: mat2x4f,
}

fn dilated() -> bool {
  return params.dilation == 2u;
}

// Row iy (a negative row is a large u32) of a plane that begins at image row `plane`; the piece begins at vec4 `quad`.
fn load_window(plane: u32, iy: u32, quad: u32) -> Window {
  let inside = iy < params.source_height;
  let at = (plane + min(iy, params.source_height - 1u)) * (params.source_width / 4u) + quad;
  let begin = 4u * max(at, 1u);
  let end = 4u * at + 4u;
  let has_left = inside && quad > 0u;
  let has_right = inside && 4u * quad + 4u < params.source_width;
  let l = select(vec2f(), vec2f(source[begin - 2u], source[begin - 1u]), has_left);
  let c = select(vec4f(), source4[at], inside);
  let r = select(vec2f(), vec2f(source[end], source[end + 1u]), has_right);
  let right = vec4f(c.yzw, r.x);
  let beside = mat2x4f(
    select(c, vec4f(l, c.xy), dilated()),
    select(right, vec4f(c.zw, r), dilated()),
  );
  return Window(vec4f(l.y, c.xyz), c, right, beside);
}

// Sums: [0] what only even columns see, [1] what `beside` gives.
fn add_row(acc: mat2x4f, w: Taps, v: Window) -> mat2x4f {
  return mat2x4f(
    acc[0] + w.inner.x * v.left + w.inner.y * v.centre + w.inner.z * v.right,
    acc[1] + w.outer.x * v.beside[0] + w.outer.y * v.beside[1],
  );
}

// 8 pixels of a result row.
fn interleaved(sums: mat2x4f) -> mat2x4f {
  let even = sums[0] + select(vec4f(), sums[1], dilated());
  let odd = select(sums[1], vec4f(), dilated());
  return mat2x4f(even.x, odd.x, even.y, odd.y, even.z, odd.z, even.w, odd.w);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let source_quads = params.source_width / 4u;
  let strip_rows = params.strip_rows;
  let row_pairs = (params.result_height + 1u) / 2u;
  var rest = linear_id(id, workgroups, 64u);
  let quad = next_coordinate(&rest, source_quads);
  let strip = next_coordinate(&rest, (row_pairs + strip_rows - 1u) / strip_rows);
  let plane = rest;
  let channel = next_coordinate(&rest, params.result_channels);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  let a = scale_shift(channel, params.result_channels);
  let dilation = i32(params.dilation);
  // the middle row of the window reads the result's own row
  let w = window_taps(channel, 3 - dilation, dilation);

  // Sums of the even result rows that have seen 1, 2, 3 or 4 source rows, if dilated. Else sum2 and sum4 are of those
  // that have seen 1 or 2 of their 3, and sum3 is of the odd row that has seen 1 of its 2.
  var sum1 = mat2x4f();
  var sum2 = mat2x4f();
  var sum3 = mat2x4f();
  var sum4 = mat2x4f();
  let reach = params.dilation;
  let loads = changes() != 0u;
  let first = strip * strip_rows;
  let end = min(first + strip_rows, row_pairs);
  for (var i = first - reach; i != end + reach; i++) {
    let v = load_window(plane * params.source_height, i, quad);
    var complete = add_row(sum4, w.row4, v);
    let by_w3 = add_row(sum3, w.row3, v);
    let by_w2 = add_row(sum2, w.row2, v);
    let by_w1 = add_row(sum1, w.row1, v);
    let by_w0 = add_row(mat2x4f(), w.row0, v);
    sum4 = choose(dilated(), by_w3, by_w2);
    sum3 = choose(dilated(), by_w2, by_w1);
    sum2 = choose(dilated(), by_w1, by_w0);
    sum1 = choose(dilated(), by_w0, mat2x4f());

    let pair = i - reach;
    // the pairs of rows before the first are large u32
    let stop = select(0u, min(2u * pair + 2u, params.result_height), pair >= first && pair < end);
    var at = ((plane * params.result_height + 2u * pair) * source_quads + quad) * 2u;
    // One loop or the other: within a single one, sparing the loads would cost more than what it spares.
    for (var row = 2u * pair; row < select(stop, 0u, loads); row++) {
      let pixels = interleaved(complete);
      result[at] = pixels[0];
      result[at + 1u] = pixels[1];
      at += 2u * source_quads;
      complete = choose(dilated(), mat2x4f(), by_w3);
    }
    for (var row = 2u * pair; row < select(0u, stop, loads); row++) {
      let pixels = interleaved(complete);
      result[at] = grad_of4(at, a, pixels[0]);
      result[at + 1u] = grad_of4(at + 1u, a, pixels[1]);
      at += 2u * source_quads;
      complete = choose(dilated(), mat2x4f(), by_w3);
    }
  }
}
