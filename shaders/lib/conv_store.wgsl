// Writes 4 pixels of a convolution's result; backward they are masked by x and added to what is there.
// Needs `x` and `result` as vec4f.
fn store4(i: u32, inside: bool, a: vec2f, value: vec4f) {
  if (!inside) {
    return;
  }
  var v = value;
  if (params.backward != 0u) {
    v = mask4(v, x[i], a);
  }
  if (params.accumulate != 0u) {
    v += result[i];
  }
  result[i] = v;
}
