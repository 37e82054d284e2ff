// Depthwise convolution of stride 1 with a window of up to 5x5 taps, 1 or 2 pixels apart, rows being whole vec4s; and
// its gradient with respect to x, the same with the window turned (lib/conv_params.wgsl).
// One invocation: a strip of 8 columns and `strip_rows` rows (every second row, if dilated), top to bottom. It loads
// every source row once, adds it to the result rows that see it, and stores the one that is complete.
// Grid: (pieces of a row, strips, phases, channels, images), the first fastest.
//#include "lib/linear.wgsl"
//#include "lib/conv_params.wgsl"
//#include "lib/activation.wgsl"
//#include "lib/depthwise_rows.wgsl"
//#include "lib/conv_store.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source4: array<vec4f>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> affine: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read_write> result: array<vec4f>;

// false: windows of up to 3x3 taps
override WIDE: bool = true;

// The window's rows are numbered 0 to 4, the middle one reading the result's own row; likewise its columns.
struct Taps {
  inner: vec3f,
  outer: vec2f,
}

fn tap(c: u32, row: i32, column: i32) -> f32 {
  let dilation = i32(params.dilation);
  let ky = row - 2 + params.pad_h / dilation;
  let kx = column - 2 + params.pad_w / dilation;
  let inside = ky >= 0 && ky < i32(params.kernel_h) && kx >= 0 && kx < i32(params.kernel_w);
  let taps = params.kernel_h * params.kernel_w;
  let at = u32(select(0, ky * i32(params.kernel_w) + kx, inside));
  return select(0.0, weight[c * taps + select(at, taps - 1u - at, params.backward != 0u)], inside);
}

fn tap_row(c: u32, row: i32) -> Taps {
  let inner = vec3f(tap(c, row, 1), tap(c, row, 2), tap(c, row, 3));
  if (WIDE) {
    return Taps(inner, vec2f(tap(c, row, 0), tap(c, row, 4)));
  }
  return Taps(inner, vec2f());
}

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
  let pieces = (row_quads + 1u) / 2u;
  let phases = params.dilation;
  let strip_rows = params.strip_rows;
  let strips = ((params.result_height + phases - 1u) / phases + strip_rows - 1u) / strip_rows;
  var rest = linear_id(id, workgroups, 64u);
  let quad = rest % pieces * 2u;
  rest /= pieces;
  let strip = rest % strips;
  rest /= strips;
  let phase = rest % phases;
  let plane = rest / phases;
  if (plane >= params.batch * params.result_channels) {
    return;
  }
  let c = plane % params.result_channels;
  let a = scale_shift(c, params.result_channels);
  let source_a = select(a, vec2f(1.0, 0.0), params.backward != 0u);
  let w1 = tap_row(c, 1);
  let w2 = tap_row(c, 2);
  let w3 = tap_row(c, 3);
  var w0 = Taps();
  var w4 = Taps();
  if (WIDE) {
    w0 = tap_row(c, 0);
    w4 = tap_row(c, 4);
  }

  // sums of the result rows that have seen 1, 2, 3 or 4 of their source rows
  var sum1 = mat2x4f();
  var sum2 = mat2x4f();
  var sum3 = mat2x4f();
  var sum4 = mat2x4f();
  let reach = select(1u, 2u, WIDE);
  let first = phase + strip * strip_rows * phases;
  for (var i = 0u; i < strip_rows + 2u * reach; i++) {
    let v = load_window(plane * params.source_height, first + (i - reach) * phases, quad, source_a);
    var complete = mat2x4f();
    if (WIDE) {
      complete = add_row(sum4, w4, v);
      sum4 = add_row(sum3, w3, v);
      sum3 = add_row(sum2, w2, v);
      sum2 = add_row(sum1, w1, v);
      sum1 = add_row(mat2x4f(), w0, v);
    } else {
      complete = add_row(sum2, w3, v);
      sum2 = add_row(sum1, w2, v);
      sum1 = add_row(mat2x4f(), w1, v);
    }
    let y = first + (i - 2u * reach) * phases;
    if (i >= 2u * reach && y < params.result_height) {
      let at = (plane * params.result_height + y) * row_quads + quad;
      store4(at, true, a, complete[0]);
      store4(at + 1u, quad + 1u < row_quads, a, complete[1]);
    }
  }
}
