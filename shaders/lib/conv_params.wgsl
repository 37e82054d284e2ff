// The convolution's shapes, common to its kernels (src/ops/conv_geometry.ts).
// x: (N, C, H, W); weight: (O, C / groups, KH, KW); y: (N, O, OH, OW), like its gradient.
struct Params {
  batch: u32,
  in_channels: u32,
  height: u32,
  width: u32,
  out_channels: u32,
  out_height: u32,
  out_width: u32,
  kernel_h: u32,
  kernel_w: u32,
  stride_h: u32,
  stride_w: u32,
  pad_h: u32,
  pad_w: u32,
  dilation: u32,
  // channels of one group
  group_in: u32,
  group_out: u32,
  // what happens to x on the load
  has_affine: u32,
  relu: u32,
  // gradients: add to what is there
  accumulate: u32,
  // weight gradient: parts of the sum, and output rows (over all images) in each
  chunks: u32,
  chunk_rows: u32,
}
