// Depthwise convolution of stride 1 with a window of up to 5x5 taps, 1 or 2 pixels apart, rows being multiples of 8
// pixels; and its gradient with respect to x, the same with the window turned (lib/conv_params.wgsl).
// One invocation: a strip of 8 columns and `strip_rows` rows (every second row, if dilated), top to bottom. It loads
// every source row once, adds it to the result rows that see it, and stores the one that is complete.
// Grid: (pieces of a row, strips, phases, channels, images), the first fastest.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "depthwise/lib/choose.wgsl"
//#include "depthwise/lib/depthwise_rows.wgsl"
//#include "depthwise/lib/depthwise_taps.wgsl"
//#include "lib/conv_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

// false: windows of up to 3x3 taps
override WIDE: bool = true;

fn add_row(acc: mat2x4f, w: Taps, v: Window) -> mat2x4f {
  var sum = acc + w.inner.x * v.left + w.inner.y * v.centre + w.inner.z * v.right;
  if (WIDE) {
    sum += w.outer.x * v.far_left + w.outer.y * v.far_right;
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.result_width / 4u;
  let pieces = row_quads / 2u;
  let phases = params.dilation;
  let strip_rows = params.strip_rows;
  let strips = ((params.result_height + phases - 1u) / phases + strip_rows - 1u) / strip_rows;
  var rest = linear_id(id, workgroups, 64u);
  let quad = 2u * next_coordinate(&rest, pieces);
  let strip = next_coordinate(&rest, strips);
  let phase = next_coordinate(&rest, phases);
  let plane = rest;
  let channel = next_coordinate(&rest, params.result_channels);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  let a = scale_shift(channel, params.result_channels);
  let source_a = source_scale_shift(channel);
  // the middle row of the window reads the result's own row
  let w = window_taps(channel, 1, 2);

  // sums of the result rows that have seen 1, 2, 3 or 4 of their source rows
  var sum1 = mat2x4f();
  var sum2 = mat2x4f();
  var sum3 = mat2x4f();
  var sum4 = mat2x4f();
  let reach = select(1u, 2u, WIDE);
  let first = phase + strip * strip_rows * phases;
  let rows = min(strip_rows, (max(params.result_height, first) - first + phases - 1u) / phases);
  for (var i = 0u; i < select(0u, rows + 2u * reach, rows > 0u); i++) {
    let v = load_window(plane * params.source_height, first + (i - reach) * phases, quad, source_a);
    var complete = mat2x4f();
    if (WIDE) {
      complete = add_row(sum4, w.row4, v);
      sum4 = add_row(sum3, w.row3, v);
      sum3 = add_row(sum2, w.row2, v);
      sum2 = add_row(sum1, w.row1, v);
      sum1 = add_row(mat2x4f(), w.row0, v);
    } else {
      complete = add_row(sum2, w.row3, v);
      sum2 = add_row(sum1, w.row2, v);
      sum1 = add_row(mat2x4f(), w.row1, v);
    }
    // Before the first complete row zeros are stored in its place, because a branch would cost a software adapter more.
    let row = first + (max(i, 2u * reach) - 2u * reach) * phases;
    let at = (plane * params.result_height + row) * row_quads + quad;
    store8(at, a, choose(i >= 2u * reach, complete, mat2x4f()));
  }
}
