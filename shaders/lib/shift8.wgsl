// The first of 8 values leaves, `next` comes in at the end.
fn shift8(v: mat2x4f, next: f32) -> mat2x4f {
  return mat2x4f(vec4f(v[0].yzw, v[1].x), vec4f(v[1].yzw, next));
}
