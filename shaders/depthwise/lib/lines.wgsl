// Rows of a depthwise convolution's source by 4 pixels and those to either side, and what they give to 4 pixels of its
// result and to the taps of a window. Backward the source is gradOutput, and windows are turned.
// Needs Taps, WIDE (false leaves the outermost taps out), STEP, the pixels from one tap to the next, and
// source_at(at: u32) -> vec4f, 4 pixels as they count.
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

// Row y (a negative row is a large u32) of plane number `plane`, of `size` groups of 4 and rows; zero outside.
fn load_line(plane: u32, y: u32, quad: u32, size: vec2u) -> Line {
  let inside = y < size.y;
  let at = (plane * size.y + min(y, size.y - 1u)) * size.x + quad;
  return Line(
    select(vec4f(), source_at(max(at, 1u) - 1u), inside && quad > 0u),
    select(vec4f(), source_at(at), inside && quad < size.x),
    select(vec4f(), source_at(at + 1u), inside && quad + 1u < size.x),
  );
}

// What 4 pixels receive through one row of taps.
fn add_forward(sum: vec4f, w: Taps, v: Line) -> vec4f {
  var total = sum + w.inner.x * left(v) + w.inner.y * v.centre + w.inner.z * right(v);
  if (WIDE) {
    total += w.outer.x * far_left(v) + w.outer.y * far_right(v);
  }
  return total;
}

// Backward.
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
