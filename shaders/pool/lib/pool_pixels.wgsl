// Gradients of pooling at stride 2: grad_x: (P,2H,2*quads) groups of 4, that is, 8 pixels in 2 rows for 4 windows.
// Needs `grad_x`.
//#include "pool/lib/pool_strips.wgsl"
// Known at compile time, since a load that is not needed takes as long as one that is, and so does a loop of no turns.
override ACCUMULATE: bool = false;

struct Pixels {
  c0: vec4f,
  c1: vec4f,
}

// Of pixels with even columns and those to the right of each.
fn interleave(even: vec4f, odd: vec4f) -> Pixels {
  return Pixels(vec4f(even.x, odd.x, even.y, odd.y), vec4f(even.z, odd.z, even.w, odd.w));
}

// Stores the pixel rows 2 * row of a strip's window row top + i, and 2 * row - 1. What the strip does not have, the
// latter of the first i and the former of the last, is stored where the other of the next or this i overwrites it.
fn store_pixels(strip: Strip, i: u32, odd: Pixels, even: Pixels) {
  let row_quads = 2u * params.quads;
  let to = strip.plane * 2u * params.h * row_quads + 2u * strip.column;
  let row = strip.top + i;
  let at_even = to + min(2u * row, 2u * strip.end - 1u) * row_quads;
  let at_odd = to + (2u * max(row, strip.top + 1u) - 1u) * row_quads;
  var e = even;
  var o = odd;
  if (ACCUMULATE) {
    e.c0 += grad_x[at_even];
    e.c1 += grad_x[at_even + 1u];
    o.c0 = grad_x[at_odd] + select(vec4f(), o.c0, i > 0u);
    o.c1 = grad_x[at_odd + 1u] + select(vec4f(), o.c1, i > 0u);
  }
  grad_x[at_even] = e.c0;
  grad_x[at_even + 1u] = e.c1;
  grad_x[at_odd] = o.c0;
  grad_x[at_odd + 1u] = o.c1;
}
