// Average pooling as avg_pool2d.wgsl, and its gradient, for windows of 3x3 at stride 1 with padding 1 on rows of whole
// groups of 4: three loads a row instead of twelve. With c(o) the pixels of window o inside the image,
//   forward: y(o) = 1/c(o) sum of x over the 3x3 around o;   BACKWARD: y(i) (+)= sum of x(o)/c(o) over the 3x3 around i
// x, y: (P,H,quads) groups of 4. One invocation: a group. Grid: P*H*quads.
//#include "lib/linear.wgsl"
//#include "lib/plane_affine.wgsl"
override BACKWARD: bool = false;

struct Params {
  planes: u32,
  h: u32,
  quads: u32,
  accumulate: u32,
  channels: u32,
}
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
  let i = linear_id(id, groups, 64u);
  let row = i / params.quads;
  if (row >= params.planes * params.h) {
    return;
  }
  let quad = i % params.quads;
  let oy = row % params.h;
  let has_left = quad > 0u;
  let has_right = quad + 1u < params.quads;
  // Columns of a window inside the image; the neighbours of a group always have 3.
  let columns = vec4f(select(2.0, 3.0, has_left), 3.0, 3.0, select(2.0, 3.0, has_right));
  var sum = vec4f(0);
  for (var ky = select(0u, 1u, oy == 0u); ky < min(3u, params.h + 1u - oy); ky++) {
    let at = i + ky * params.quads - params.quads;
    var middle = x[at];
    var left = select(0.0, x[at - u32(has_left)].w, has_left);
    var right = select(0.0, x[at + u32(has_right)].x, has_right);
    if (BACKWARD) {
      let rows = rows_inside(oy + ky - 1u);
      middle /= rows * columns;
      left /= rows * 3.0;
      right /= rows * 3.0;
    }
    sum += vec4f(left, middle.xyz) + middle + vec4f(middle.yzw, right);
  }
  if (!BACKWARD) {
    let a = plane_affine(row / params.h);
    sum = a.x * (sum / (rows_inside(oy) * columns)) + a.y;
  }
  if (BACKWARD && params.accumulate != 0u) {
    sum += y[i];
  }
  y[i] = sum;
}
