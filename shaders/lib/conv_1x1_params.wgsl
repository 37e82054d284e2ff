// The shapes of a 1x1 convolution, common to its kernels (src/ops/conv_1x1.ts).
// x: (N, C, H, W); weight: (O, C); y: (N, O, OH, OW), like its gradient.
// The output channels come in `halves` equal parts (1, or 2 for the factorized reduce). Part k reads, for output
// pixel (i, j), the input pixel (stride_h i + offset_h + k, stride_w j + offset_w + k), zero outside.
struct Params {
  batch: u32,
  in_channels: u32,
  height: u32,
  width: u32,
  out_channels: u32,
  out_height: u32,
  out_width: u32,
  stride_h: u32,
  stride_w: u32,
  halves: u32,
  offset_h: i32,
  offset_w: i32,
  // what happens to x on the load
  has_affine: u32,
  relu: u32,
  // gradients: add to what is there
  accumulate: u32,
  // weight gradient: parts of the sum, and output pixels (over all images) in each
  chunks: u32,
  chunk_pixels: u32,
}
