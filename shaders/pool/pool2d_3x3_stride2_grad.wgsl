// Gradient of pool2d_3x3_stride2.wgsl, over the windows that cover a pixel. Layouts as there.
// MAX: grad_x (+)= the grad_y of every window that the pixel won; else: grad_y / (pixels of the window in the image).
// One invocation: a strip of windows (pool/lib/pool_strips.wgsl), for the pixels in their lower right 2x2.
// Grid: (quads, strips, planes), the first fastest.
//#include "lib/grid.wgsl"
//#include "pool/lib/pool_strips.wgsl"
//#include "pool/lib/pool_counts.wgsl"
//#include "pool/lib/pool_pixels.wgsl"
override MAX: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> grad_y: array<vec4f>;
@group(0) @binding(2) var<storage, read> argmax: array<u32>;
@group(0) @binding(3) var<storage, read_write> grad_x: array<vec4f>;

// The place of no pixel.
const NOWHERE = 255u;

// 4 windows of a row, and those to the right of each: their winners, and what these, or all of their pixels, get.
struct Windows {
  place: vec4u,
  right_place: vec4u,
  grad: vec4f,
  right_grad: vec4f,
}

// Windows below the image and to the right of it give nothing.
fn load_windows(strip: Strip, row: u32) -> Windows {
  let inside = row < params.h;
  let has_right = strip.column + 1u < params.quads;
  let at = (strip.plane * params.h + min(row, params.h - 1u)) * params.quads + strip.column;
  let after = at + u32(has_right);
  if (MAX) {
    let packed = argmax[at];
    let places = vec4u(packed & 0xffu, (packed >> 8u) & 0xffu, (packed >> 16u) & 0xffu, packed >> 24u);
    let place = select(vec4u(NOWHERE), places, inside);
    let right_place = select(NOWHERE, argmax[after] & 0xffu, inside && has_right);
    let grad = grad_y[at];
    return Windows(place, vec4u(place.yzw, right_place), grad, vec4f(grad.yzw, grad_y[after].x));
  }
  let counts = window_counts(row, strip.column > 0u);
  let share = select(vec4f(), grad_y[at] / counts, inside);
  // the window to the right has all its columns
  let right_share = select(0.0, grad_y[after].x / counts.y, inside && has_right);
  return Windows(vec4u(), vec4u(), share, vec4f(share.yzw, right_share));
}

// What 8 pixels get that are the row of these windows that begins at `place`.
fn shares(w: Windows, place: u32) -> Pixels {
  if (MAX) {
    let even = select(vec4f(), w.grad, w.place == vec4u(place + 1u));
    let odd = select(vec4f(), w.grad, w.place == vec4u(place + 2u));
    let right = select(vec4f(), w.right_grad, w.right_place == vec4u(place));
    return interleave(even, odd + right);
  }
  return interleave(w.grad, w.grad + w.right_grad);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let strip = strip_at(linear_id(id, workgroups, 64u), params.quads);
  if (strip.plane >= params.planes) {
    return;
  }
  // what the odd row of pixels between two rows of windows got from the upper one
  var carried = Pixels();
  for (var i = 0u; i <= strip.end - strip.top; i++) {
    let w = load_windows(strip, strip.top + i);
    let above = shares(w, 0u);
    let odd = Pixels(carried.c0 + above.c0, carried.c1 + above.c1);
    carried = shares(w, 6u);
    store_pixels(strip, i, odd, shares(w, 3u));
  }
}
