// The shapes that the convolution kernels share (src/ops/conv/conv_geometry.ts).
// A kernel reads `source` (N, S, H, W) and fills `result` (N, R, H', W'): x and y in the forward pass, gradOutput and
// the gradient of x in the backward pass, which is a convolution too, with the windows turned by 180 degrees.
// Result pixel i reads, at tap k, source pixel (up * i + dilation * k - pad) / down where that is whole.
struct Params {
  batch: u32,
  source_channels: u32,
  source_height: u32,
  source_width: u32,
  result_channels: u32,
  result_height: u32,
  result_width: u32,
  // channels of one group
  group_source: u32,
  group_result: u32,
  kernel_h: u32,
  kernel_w: u32,
  dilation: u32,
  up_h: u32,
  up_w: u32,
  down_h: u32,
  down_w: u32,
  pad_h: i32,
  pad_w: i32,
  // taps that read a whole source pixel come every `period`, and read one `advance` pixels further
  period_h: u32,
  period_w: u32,
  advance_h: u32,
  advance_w: u32,
  // columns of taps after which a run of result pixels reads the same source pixels but one
  tap_step: u32,
  // Pixels from one group to the next, to the right and below: 1 in a factorized reduce (-1 backward), else 0.
  group_shift: i32,
  // steps in the weight from one result channel, and from one source channel, to the next
  weight_result: u32,
  weight_source: u32,
  // a pending batch norm and ReLU of x
  has_affine: u32,
  relu: u32,
  // 1: the gradient of x
  backward: u32,
  // 1: the forward pass also leaves moments for the batch norm that follows
  moments: u32,
  // gradients: add to what is there
  accumulate: u32,
  // rows of one invocation, where it makes several
  strip_rows: u32,
  // weight gradients, whose source is x and whose result stands for gradOutput: the parts of the sum
  chunk_images: u32,
  chunk_size: u32,
  // Source channels from one group to the next: 0 in a factorized reduce, whose groups share x's; and, there backward,
  // how many groups of the source one of the result sums over. At the end, since the places of the others decide which
  // of them llvmpipe loads together.
  group_step: u32,
  summed_groups: u32,
}

// Forward and backward are one pipeline: compiling a second one would take longer than what this test costs.
fn backward() -> bool {
  return params.backward != 0u;
}

// 1 where sums do not go to the result as they are: backward, when they are masked by x or added to what is there.
fn changes() -> u32 {
  return params.backward * max(params.relu, params.accumulate);
}
