// Depthwise convolution of stride 2 with a window of up to 5x5 taps, 1 or 2 pixels apart, source rows being twice as
// long as result rows, which are multiples of 4 pixels.
// One invocation: a strip of 4 columns and `strip_rows` rows, top to bottom. It loads every source row once (every
// second row, if dilated), adds it to the result rows that see it, and stores the one that is complete.
// Grid: (pieces of a row, strips, channels, images), the first fastest.
//#include "lib/grid.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "depthwise/lib/depthwise_stride2.wgsl"
//#include "depthwise/lib/depthwise_taps.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> source: array<f32>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

// false: windows of up to 3x3 taps
override WIDE: bool = true;

fn add_row(acc: vec4f, w: Taps, v: Window) -> vec4f {
  var sum = acc + w.inner.x * v.left + w.inner.y * v.centre + w.inner.z * v.right;
  if (WIDE) {
    sum += w.outer.x * v.far_left + w.outer.y * v.far_right;
  }
  return sum;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let row_quads = params.result_width / 4u;
  let strip_rows = params.strip_rows;
  var rest = linear_id(id, workgroups, 64u);
  let quad = next_coordinate(&rest, row_quads);
  let strip = next_coordinate(&rest, (params.result_height + strip_rows - 1u) / strip_rows);
  let plane = rest;
  let channel = next_coordinate(&rest, params.result_channels);
  let image = rest;
  if (image >= params.batch) {
    return;
  }
  let a = scale_shift(channel, params.source_channels);
  // the middle row of the window reads the first of the two source rows that belong to a result row
  let w = window_taps(channel, 1, 2);

  // Sums of the rows that have seen 1, 2, 3 or 4 of their source rows, as at stride 1. If not dilated, those of every
  // second row are made for nothing: without them, what repeats would be twice as much to compile.
  var sum1 = vec4f();
  var sum2 = vec4f();
  var sum3 = vec4f();
  var sum4 = vec4f();
  let reach = select(1u, 2u, WIDE);
  let first = strip * strip_rows;
  let rows = min(strip_rows, params.result_height - first);
  let shift = rows_between();
  for (var i = 0u; i < ((rows - 1u) << shift) + 1u + 2u * reach; i++) {
    let iy = 2u * first + (i - reach) * params.dilation;
    let v = load_window(plane * params.source_height, iy, quad, a);
    var complete = vec4f();
    if (WIDE) {
      complete = add_row(sum4, w.row4, v);
      sum4 = add_row(sum3, w.row3, v);
      sum3 = add_row(sum2, w.row2, v);
      sum2 = add_row(sum1, w.row1, v);
      sum1 = add_row(vec4f(), w.row0, v);
    } else {
      complete = add_row(sum2, w.row3, v);
      sum2 = add_row(sum1, w.row2, v);
      sum1 = add_row(vec4f(), w.row1, v);
    }
    // What is complete before the first row or between two is stored in the place of the next one, because a branch
    // would cost a software adapter more.
    let row = first + ((max(i, 2u * reach) - 2u * reach + shift) >> shift);
    result[(plane * params.result_height + row) * row_quads + quad] = complete;
  }
}
