// Average pooling as avg_pool2d.wgsl, and its gradient, for windows of 3x3 at stride 1 with padding 1 on rows of whole
// groups of 4. With c(o) the pixels of window o inside the image,
//   forward: y(o) = 1/c(o) sum of x over the 3x3 around o;   BACKWARD: y(i) (+)= sum of x(o)/c(o) over the 3x3 around i
// x, y: (P,H,quads) groups of 4. One invocation: a strip (lib/pool_strips.wgsl). Grid: P*strips*quads.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/pool_strips.wgsl"
//#include "lib/plane_affine.wgsl"
override BACKWARD: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> affine: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;

// Rows of a window inside the image.
fn rows_inside(row: u32) -> f32 {
  return f32(min(row + 2u, params.h) - max(row, 1u) + 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let strip = strip_at(linear_id(id, groups, 64u));
  if (strip.plane >= params.planes) {
    return;
  }
  let has_left = strip.quad > 0u;
  let has_right = strip.quad + 1u < params.quads;
  let plane = strip.plane * params.h;
  let a = plane_affine(strip.plane);
  // Columns of a window inside the image; the neighbours of a group always have 3.
  let columns = vec4f(select(2.0, 3.0, has_left), 3.0, 3.0, select(2.0, 3.0, has_right));
  // sums of the rows that have seen one and two of their three rows
  var sum1 = vec4f();
  var sum2 = vec4f();
  for (var i = 0u; i < strip.end - strip.top + 2u; i++) {
    // row -1 is a large u32
    let row = strip.top + i - 1u;
    let inside = row < params.h;
    let at = (plane + min(row, params.h - 1u)) * params.quads + strip.quad;
    var middle = select(vec4f(), x[at], inside);
    var left = select(0.0, x[at - u32(has_left)].w, inside && has_left);
    var right = select(0.0, x[at + u32(has_right)].x, inside && has_right);
    if (BACKWARD) {
      let rows = rows_inside(min(row, params.h - 1u));
      middle /= rows * columns;
      left /= rows * 3.0;
      right /= rows * 3.0;
    }
    let of_row = vec4f(left, middle.xyz) + middle + vec4f(middle.yzw, right);
    let sum = sum2 + of_row;
    sum2 = sum1 + of_row;
    sum1 = of_row;
    let result_row = row_of_result(strip, i);
    let at_y = (plane + result_row) * params.quads + strip.quad;
    if (BACKWARD) {
      let there = select(vec4f(), y[at_y], params.accumulate != 0u);
      y[at_y] = there + select(vec4f(), sum, i >= 2u);
    } else {
      y[at_y] = a.x * (sum / (rows_inside(result_row) * columns)) + a.y;
    }
  }
}
