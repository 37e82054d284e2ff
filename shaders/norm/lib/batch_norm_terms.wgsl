// What turns a channel's gradients into those before its batch norm: scale (g - mean(g) - x^ mean(g x^)), where x^
// is the normalised x and the means are over the batch; with running statistics it is scale g.
// Needs `affine` and `moments`.
//#include "norm/lib/batch_norm_params.wgsl"
//#include "lib/double_float.wgsl"
struct GradTerms {
  mean: f32,
  inverse: f32,
  scale: f32,
  // The mean of g is subtracted in two parts, 8 bits and the rest. g - coarse is exact, and fine goes to a term that
  // varies: were it subtracted from g, all pixels would be rounded alike, and such errors add up over the image.
  coarse: f32,
  fine: f32,
  covariance: f32,
}

// Without the means.
fn plain_terms(batch: u32, channel: u32) -> GradTerms {
  let at_moments = batch * params.moments_stride + channel;
  let inverse = moments[at_moments + params.channels];
  return GradTerms(moments[at_moments], inverse, affine[at_moments], 0.0, 0.0, 0.0);
}

// With the means that follow from all sums (norm/lib/batch_norm_sums.wgsl).
fn with_sums(plain: GradTerms, sums: vec4f) -> GradTerms {
  var terms = plain;
  let count = params.batch * params.pixels;
  let g_mean = divide2(sums.xy, f32(count));
  let x_mean = sums.w / f32(count);
  terms.covariance = sums.z / f32(count) - g_mean.x * x_mean;
  if (count == 2u) {
    // Here x^ is +-sqrt(1 - eps inverse^2), and in the difference nothing but rounding errors would be left.
    terms.covariance = 0.0;
    terms.scale *= params.eps * terms.inverse * terms.inverse;
  }
  terms.coarse = bitcast<f32>(bitcast<u32>(g_mean.x) & 0xffff0000u);
  terms.fine = (g_mean.x - terms.coarse) + (g_mean.y - x_mean * terms.covariance);
  return terms;
}
