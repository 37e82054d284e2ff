// 4 pixels of a convolution's result. Needs `x` and `result` as vec4f.

fn grad_of4(i: u32, a: vec2f, value: vec4f) -> vec4f {
  return mask4(value, x[i], a) + select(vec4f(), result[i], params.accumulate != 0u);
}

fn store4(i: u32, a: vec2f, value: vec4f) {
  var v = value;
  // a loop, because an if would not spare a software adapter the work
  for (var once = 0u; once < changes(); once++) {
    v = grad_of4(i, a, v);
  }
  result[i] = v;
}

// The same for 8 pixels.
fn store8(i: u32, a: vec2f, value: mat2x4f) {
  var v = value;
  for (var once = 0u; once < changes(); once++) {
    v = mat2x4f(grad_of4(i, a, v[0]), grad_of4(i + 1u, a, v[1]));
  }
  result[i] = v[0];
  result[i + 1u] = v[1];
}
