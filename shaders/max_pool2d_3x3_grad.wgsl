// Gradient of max_pool2d_3x3.wgsl: grad_x (+)= the grad_y of every window that a pixel won. Layouts as there.
// One invocation: a strip of pixels (lib/pool_strips.wgsl), which gathers from the windows around it.
// Grid: P*strips*quads.
//#include "lib/linear.wgsl"
//#include "lib/divide.wgsl"
//#include "lib/pool_strips.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<vec4f>;

// The place of no pixel.
const NOWHERE = 255u;

// Windows of one row: those of 4 columns, and the two beside them.
struct Windows {
  left_place: vec4u,
  place: vec4u,
  right_place: vec4u,
  left: vec4f,
  grad: vec4f,
  right: vec4f,
}

fn load_windows(at: u32, inside: bool, has_left: bool, has_right: bool) -> Windows {
  let before = at - u32(has_left);
  let after = at + u32(has_right);
  let packed = argmax[at];
  let places = vec4u(packed & 0xffu, (packed >> 8u) & 0xffu, (packed >> 16u) & 0xffu, packed >> 24u);
  let place = select(vec4u(NOWHERE), places, inside);
  let left = select(NOWHERE, argmax[before] >> 24u, inside && has_left);
  let right = select(NOWHERE, argmax[after] & 0xffu, inside && has_right);
  let grad = grad_y[at];
  return Windows(
    vec4u(left, place.xyz),
    place,
    vec4u(place.yzw, right),
    vec4f(grad_y[before].w, grad.xyz),
    grad,
    vec4f(grad.yzw, grad_y[after].x),
  );
}

// Adds what the pixels won in whose windows they are the row that begins at `place`.
fn add_won(sum: vec4f, w: Windows, place: u32) -> vec4f {
  let left = select(vec4f(), w.left, w.left_place == vec4u(place + 2u));
  let same = select(vec4f(), w.grad, w.place == vec4u(place + 1u));
  let right = select(vec4f(), w.right, w.right_place == vec4u(place));
  return ((sum + left) + same) + right;
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
  // sums of the pixel rows that have seen one and two of their three rows of windows
  var sum1 = vec4f();
  var sum2 = vec4f();
  for (var i = 0u; i < strip.end - strip.top + 2u; i++) {
    // row -1 is a large u32
    let row = strip.top + i - 1u;
    let at = (plane + min(row, params.h - 1u)) * params.quads + strip.quad;
    let w = load_windows(at, row < params.h, has_left, has_right);
    let sum = add_won(sum2, w, 0u);
    sum2 = add_won(sum1, w, 3u);
    sum1 = add_won(vec4f(), w, 6u);
    let at_x = (plane + row_of_result(strip, i)) * params.quads + strip.quad;
    let there = select(vec4f(), grad_x[at_x], params.accumulate != 0u);
    grad_x[at_x] = there + select(vec4f(), sum, i >= 2u);
  }
}
