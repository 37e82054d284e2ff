// Gradients of pooling at stride 2: grad_x: (P,2H,2*quads) groups of 4, that is, 8 pixels in 2 rows for 4 windows.
// Needs lib/pool_strips.wgsl and `grad_x`.
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
  let line = 2u * params.quads;
  let to = strip.plane * 2u * params.h * line + 2u * strip.column;
  let row = strip.top + i;
  let at_even = to + min(2u * row, 2u * strip.end - 1u) * line;
  let at_odd = to + (2u * max(row, strip.top + 1u) - 1u) * line;
  let complete = i > 0u;
  var e = even;
  var o = Pixels(select(vec4f(), odd.c0, complete), select(vec4f(), odd.c1, complete));
  // One load for all 4, since each takes a software adapter long to translate.
  for (var k = 0u; k < 4u * params.accumulate; k++) {
    let there = grad_x[select(at_even, at_odd, k >= 2u) + (k & 1u)];
    e.c0 += select(vec4f(), there, k == 0u);
    e.c1 += select(vec4f(), there, k == 1u);
    o.c0 += select(vec4f(), there, k == 2u);
    o.c1 += select(vec4f(), there, k == 3u);
  }
  grad_x[at_even] = e.c0;
  grad_x[at_even + 1u] = e.c1;
  grad_x[at_odd] = o.c0;
  grad_x[at_odd + 1u] = o.c1;
}
