// select() for pieces of 8 pixels: a where the condition holds, else b.
fn choose(condition: bool, a: mat2x4f, b: mat2x4f) -> mat2x4f {
  return mat2x4f(select(b[0], a[0], condition), select(b[1], a[1], condition));
}
