// Writes 4 pixels of a convolution's result; backward they are masked by x and added to what is there.
// Needs `x` and `result` as vec4f.
fn store4(i: u32, a: vec2f, value: vec4f) {
  var v = value;
  // a loop, because an if would not spare a software adapter the work
  for (var once = 0u; once < params.backward; once++) {
    v = mask4(v, x[i], a) + select(vec4f(), result[i], params.accumulate != 0u);
  }
  result[i] = v;
}
