// The sums that the gradients of batch norm need, in parts: sum g with its low part, sum g x^, sum x^.
// A mean of g that is off by one rounding shifts the gradient of every pixel alike, and what comes before may add
// these up over the image, so sum g is kept to twice the precision; and since a mean of x that is rounded leaves
// x^ a little off centre, its own mean is subtracted too.
// Needs lib/double_float.wgsl and `partials`.
fn total_sums(first: u32, parts: u32) -> vec4f {
  var sums = vec4f();
  for (var k = 0u; k < parts; k++) {
    let part = partials[first + k];
    let sum = exact_sum(sums.x, part.x);
    sums = vec4f(sum.x, sums.y + (sum.y + part.y), sums.zw + part.zw);
  }
  return sums;
}
