// In pairs.
fn sum_of(v: vec4f) -> f32 {
  return (v.x + v.y) + (v.z + v.w);
}
