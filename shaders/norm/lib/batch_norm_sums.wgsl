// The sums that the gradients of batch norm need, in parts: sum g with its low part, sum g x^, sum x^.
// These cancel to a hundredth or less of their terms where a normalisation further up takes out what is common to
// all pixels, so sum g and sum g x^ are added up to twice the precision of f32; and since a mean of x that is rounded
// leaves x^ a little off centre, its own mean is subtracted too.
// Needs `partials`.
//#include "lib/double_float.wgsl"
fn total_sums(first: u32, parts: u32) -> vec4f {
  var sum_g = vec2f();
  var sum_gx = vec2f();
  var sum_x = 0.0;
  for (var k = 0u; k < parts; k++) {
    let part = partials[first + k];
    sum_g = accumulate2(sum_g, part.x) + vec2f(0.0, part.y);
    sum_gx = accumulate2(sum_gx, part.z);
    sum_x += part.w;
  }
  return vec4f(sum_g, sum_gx.x + sum_gx.y, sum_x);
}
