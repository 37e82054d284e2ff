// The terms of a channel's gradients, from its sums in parts. Needs `affine`, `moments` and `partials`.
//#include "norm/lib/batch_norm_terms.wgsl"
//#include "norm/lib/batch_norm_sums.wgsl"
fn grad_terms(batch: u32, channel: u32) -> GradTerms {
  let terms = plain_terms(batch, channel);
  if (params.training == 0u) {
    return terms;
  }
  return with_sums(terms, total_sums((batch * params.channels + channel) * params.chunks, params.chunks));
}
