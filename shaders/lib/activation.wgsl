// What a convolution does to x on the load: a batch norm not yet applied, then ReLU. Backward it is a mask.
// Needs `affine`, (2, channels): scale, then shift.
fn scale_shift(c: u32, channels: u32) -> vec2f {
  if (params.has_affine == 0u) {
    return vec2f(1.0, 0.0);
  }
  return vec2f(affine[c], affine[channels + c]);
}

// Backward the source is a gradient, and ReLU a mask on the result.
fn cuts_source() -> bool {
  return params.relu != 0u && params.backward == 0u;
}

fn activate(v: f32, a: vec2f) -> f32 {
  let z = v * a.x + a.y;
  return select(z, max(z, 0.0), cuts_source());
}

fn activate4(v: vec4f, a: vec2f) -> vec4f {
  let z = v * a.x + a.y;
  return select(z, max(z, vec4f()), cuts_source());
}

// A gradient where ReLU let the stored value v pass, else 0.
fn mask(gradient: f32, v: f32, a: vec2f) -> f32 {
  return select(gradient, 0.0, params.relu != 0u && v * a.x + a.y <= 0.0);
}

fn mask4(gradient: vec4f, v: vec4f, a: vec2f) -> vec4f {
  return select(gradient, vec4f(), (v * a.x + a.y <= vec4f()) & vec4<bool>(params.relu != 0u));
}
