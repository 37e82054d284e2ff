// Rows of gradOutput as the gradients of a depthwise convolution read them, by 4 pixels and those to either side, and
// what such rows give to 4 pixels of x and to the taps of a window.
// Needs `grad_output` as vec4f, Taps, WIDE (false leaves the outermost taps out), and STEP, the pixels from one tap to
// the next.
struct Line {
  left: vec4f,
  centre: vec4f,
  right: vec4f,
}

fn far_left(v: Line) -> vec4f {
  return select(vec4f(v.left.zw, v.centre.xy), v.left, STEP == 2u);
}

fn left(v: Line) -> vec4f {
  return select(vec4f(v.left.w, v.centre.xyz), vec4f(v.left.zw, v.centre.xy), STEP == 2u);
}

fn right(v: Line) -> vec4f {
  return select(vec4f(v.centre.yzw, v.right.x), vec4f(v.centre.zw, v.right.xy), STEP == 2u);
}

fn far_right(v: Line) -> vec4f {
  return select(vec4f(v.centre.zw, v.right.xy), v.right, STEP == 2u);
}

// Row y (a negative row is a large u32) of plane number `plane`, zero outside.
fn load_line(plane: u32, y: u32, quad: u32) -> Line {
  let row_quads = params.result_width / 4u;
  let inside = y < params.result_height;
  let at = (plane * params.result_height + min(y, params.result_height - 1u)) * row_quads + quad;
  return Line(
    select(vec4f(), grad_output[max(at, 1u) - 1u], inside && quad > 0u),
    select(vec4f(), grad_output[at], inside && quad < row_quads),
    select(vec4f(), grad_output[at + 1u], inside && quad + 1u < row_quads),
  );
}

// What 4 pixels of x receive through one row of taps: backward, windows are turned.
fn add_input(sum: vec4f, w: Taps, v: Line) -> vec4f {
  var total = sum + w.inner.x * right(v) + w.inner.y * v.centre + w.inner.z * left(v);
  if (WIDE) {
    total += w.outer.x * far_right(v) + w.outer.y * far_left(v);
  }
  return total;
}

fn add_product(sum: f32, u: vec4f, v: vec4f) -> f32 {
  return fma(u.w, v.w, fma(u.z, v.z, fma(u.y, v.y, fma(u.x, v.x, sum))));
}

// What one row of taps receives from 4 pixels, u being x as the convolution reads it.
fn add_weight(sum: Taps, u: vec4f, v: Line) -> Taps {
  let inner = vec3f(
    add_product(sum.inner.x, u, right(v)),
    add_product(sum.inner.y, u, v.centre),
    add_product(sum.inner.z, u, left(v)),
  );
  if (WIDE) {
    return Taps(
      inner,
      vec2f(add_product(sum.outer.x, u, far_right(v)), add_product(sum.outer.y, u, far_left(v))),
    );
  }
  return Taps(inner, sum.outer);
}
