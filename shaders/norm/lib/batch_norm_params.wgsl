// Parameters that all kernels of batch norm share. One batch (N,C,P), or two of equal shape in one buffer, each
// normalised by its own statistics; batch b of a tensor begins `..._stride` elements after batch b - 1.
struct Params {
  batches: u32,
  batch: u32,
  channels: u32,
  pixels: u32,
  // chunks of a channel: norm/lib/batch_chunks.wgsl
  chunks: u32,
  parts: u32,
  chunk_images: u32,
  part_pixels: u32,
  x_stride: u32,
  // of the first stage's partials, in pairs
  partials_stride: u32,
  // of gradOutput; 0 where both batches have the same
  grad_stride: u32,
  grad_input_stride: u32,
  // of affine and moments
  moments_stride: u32,
  eps: f32,
  momentum: f32,
  has_gamma: u32,
  has_running: u32,
  training: u32,
  zero: u32,
}
