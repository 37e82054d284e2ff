// What a convolution does to x on the load: a batch norm not yet applied, then ReLU. Backward, where the source is
// a gradient, ReLU is a mask on the result. Needs `affine`, (2, channels): scale, then shift.
// Nothing here branches: control flow in the hot loops costs software adapters more than what it saves.

// Without a pending batch norm, what is loaded means nothing and is not used.
fn scale_shift(c: u32, channels: u32) -> vec2f {
  return select(vec2f(1.0, 0.0), vec2f(affine[c], affine[channels + c]), params.has_affine != 0u);
}

fn source_scale_shift(c: u32) -> vec2f {
  return select(scale_shift(c, params.source_channels), vec2f(1.0, 0.0), backward());
}

fn source_relu() -> bool {
  return params.relu != 0u && !backward();
}

fn activate(v: f32, a: vec2f) -> f32 {
  let z = v * a.x + a.y;
  return select(z, max(z, 0.0), source_relu());
}

fn activate4(v: vec4f, a: vec2f) -> vec4f {
  let z = v * a.x + a.y;
  return select(z, max(z, vec4f()), source_relu());
}

// A gradient where ReLU let the stored value v pass, else 0.
fn mask(gradient: f32, v: f32, a: vec2f) -> f32 {
  return select(gradient, 0.0, params.relu != 0u && v * a.x + a.y <= 0.0);
}

fn mask4(gradient: vec4f, v: vec4f, a: vec2f) -> vec4f {
  return select(gradient, vec4f(), (v * a.x + a.y <= vec4f()) & vec4<bool>(params.relu != 0u));
}
