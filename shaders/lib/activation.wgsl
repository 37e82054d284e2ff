// What a kernel does to its input x on the load: a batch norm not yet applied, then ReLU.
// Needs `affine` (scale, then shift, in_channels floats each) and params.in_channels, has_affine, relu.
fn scale_shift(c: u32) -> vec2f {
  if (params.has_affine == 0u) {
    return vec2f(1.0, 0.0);
  }
  return vec2f(affine[c], affine[params.in_channels + c]);
}

fn activate(v: f32, a: vec2f) -> f32 {
  let z = v * a.x + a.y;
  return select(z, max(z, 0.0), params.relu != 0u);
}

// The factor of the gradient at a stored value v: 0 where ReLU cut it.
fn pass_through(v: f32, a: vec2f) -> f32 {
  return select(1.0, 0.0, params.relu != 0u && v * a.x + a.y <= 0.0);
}
