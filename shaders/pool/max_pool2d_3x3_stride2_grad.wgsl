// Gradient of max_pool2d_3x3_stride2.wgsl: grad_x (+)= the grad_y of every window that a pixel won. Layouts as there.
// One invocation: a strip of windows (lib/pool_strips.wgsl), for the pixels in their lower right 2x2.
// Grid: P*strips*quads.
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/pool_pixels.wgsl"
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<vec4f>;

// The place of no pixel.
const NOWHERE = 255u;

// 4 windows of a row, and those to the right of each.
struct Windows {
  place: vec4u,
  right_place: vec4u,
  grad: vec4f,
  right: vec4f,
}

fn load_windows(at: u32, inside: bool, has_right: bool) -> Windows {
  let after = at + u32(has_right);
  let packed = argmax[at];
  let places = vec4u(packed & 0xffu, (packed >> 8u) & 0xffu, (packed >> 16u) & 0xffu, packed >> 24u);
  let place = select(vec4u(NOWHERE), places, inside);
  let right_place = select(NOWHERE, argmax[after] & 0xffu, inside && has_right);
  let grad = grad_y[at];
  return Windows(place, vec4u(place.yzw, right_place), grad, vec4f(grad.yzw, grad_y[after].x));
}

// What 8 pixels won that are the row of these windows that begins at `place`.
fn won(w: Windows, place: u32) -> Pixels {
  let even = select(vec4f(), w.grad, w.place == vec4u(place + 1u));
  let odd = select(vec4f(), w.grad, w.place == vec4u(place + 2u));
  let right = select(vec4f(), w.right, w.right_place == vec4u(place));
  return interleave(even, odd + right);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let strip = strip_at(linear_id(id, workgroups, 64u), params.quads);
  if (strip.plane >= params.planes) {
    return;
  }
  let has_right = strip.column + 1u < params.quads;
  let plane = strip.plane * params.h;
  var carried = Pixels();
  for (var i = 0u; i <= strip.end - strip.top; i++) {
    let row = strip.top + i;
    let at = (plane + min(row, params.h - 1u)) * params.quads + strip.column;
    let w = load_windows(at, row < params.h, has_right);
    let above = won(w, 0u);
    let odd = Pixels(carried.c0 + above.c0, carried.c1 + above.c1);
    carried = won(w, 6u);
    store_pixels(strip, i, odd, won(w, 3u));
  }
}
