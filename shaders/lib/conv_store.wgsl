// 4 pixels of a convolution's result. Needs `x` and `result` as vec4f.

// What backward becomes of a sum: masked by x and added to what is there.
fn grad_of4(i: u32, a: vec2f, value: vec4f) -> vec4f {
  return mask4(value, x[i], a) + select(vec4f(), result[i], params.accumulate != 0u);
}

// Writes 4 pixels.
fn store4(i: u32, a: vec2f, value: vec4f) {
  var v = value;
  // a loop, because an if would not spare a software adapter the work
  for (var once = 0u; once < params.backward; once++) {
    v = grad_of4(i, a, v);
  }
  result[i] = v;
}
