// The shapes of one convolution, checked once, and the kernel parameters that follow from them.
import { imageShape, showShape, type Tensor } from '../tensor.ts';

export interface Conv2dAttrs {
  /** One number, or rows and columns apart. */
  readonly stride: number | readonly [number, number];
  /** Rows and columns of zeros on each side. */
  readonly padding: readonly [number, number];
  readonly dilation: number;
  readonly groups: number;
  /** Apply ReLU to x on the load. */
  readonly relu?: boolean;
  /** A batch norm follows: its first stage is done with the convolution, where the kernel can (conv_choice.ts). */
  readonly normalised?: boolean;
}

export interface ConvGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly height: number;
  readonly width: number;
  readonly outChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelH: number;
  readonly kernelW: number;
  readonly strideH: number;
  readonly strideW: number;
  readonly padH: number;
  readonly padW: number;
  readonly dilation: number;
  readonly groups: number;
  readonly relu: boolean;
  /** Output channels from this one on read one pixel further down and right: those of a factorized reduce. */
  readonly secondHalf: number;
}

/** Geometry of `conv2d` over x (N,C,H,W) and weight (O,C/groups,KH,KW). Throws if they do not fit each other. */
export function convGeometry(x: Tensor, weight: Tensor, attrs: Conv2dAttrs): ConvGeometry {
  const [batch, inChannels, height, width] = imageShape('conv2d: x', x);
  const [outChannels, groupIn, kernelH, kernelW] = imageShape('conv2d: weight', weight);
  const { stride, padding, dilation, groups } = attrs;
  const [padH, padW] = padding;
  const [strideH, strideW] = typeof stride === 'number' ? [stride, stride] : stride;
  const shapes = `(x ${showShape(x.shape)}, weight ${showShape(weight.shape)})`;
  for (const [name, value, least] of [
    ['stride', strideH, 1],
    ['stride', strideW, 1],
    ['dilation', dilation, 1],
    ['groups', groups, 1],
    ['padding', padH, 0],
    ['padding', padW, 0],
  ] as const) {
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`conv2d: ${name}, got ${value}, expected an integer >= ${least} ${shapes}`);
    }
  }
  if (groupIn * groups !== inChannels) {
    throw new Error(
      `conv2d: input channels, got ${inChannels}, expected ${groups} groups of ${groupIn} ${shapes}`,
    );
  }
  if (outChannels % groups !== 0) {
    throw new Error(
      `conv2d: output channels, got ${outChannels}, expected a multiple of ${groups} groups ${shapes}`,
    );
  }
  const outHeight = Math.floor((height + 2 * padH - dilation * (kernelH - 1) - 1) / strideH) + 1;
  const outWidth = Math.floor((width + 2 * padW - dilation * (kernelW - 1) - 1) / strideW) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new Error(
      `conv2d: the window exceeds the padded input, got padding ${padding}, dilation ${dilation} ${shapes}`,
    );
  }
  return {
    ...{ batch, inChannels, height, width, outChannels, outHeight, outWidth },
    ...{ kernelH, kernelW, strideH, strideW, padH, padW, dilation, groups },
    relu: attrs.relu ?? false,
    secondHalf: outChannels,
  };
}

/** Multiply-adds of the forward pass. */
export const convMadds = (g: ConvGeometry): number =>
  (g.batch * g.outChannels * g.outHeight * g.outWidth * g.inChannels * g.kernelH * g.kernelW) / g.groups;

/** How a kernel's work is cut into pieces; see shaders/lib/conv_params.wgsl. */
export interface ConvParts {
  readonly accumulate?: boolean;
  readonly moments?: boolean;
  readonly stripRows?: number;
  readonly chunkImages?: number;
  readonly chunkSize?: number;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/**
 * After how many columns of taps the pixels that a run of results reads move on by one result.
 * Where that is no whole number of taps, after all of them.
 */
const tapStep = (g: ConvGeometry): number =>
  g.strideW % g.dilation === 0 ? g.strideW / g.dilation : g.kernelW;

const shared = (g: ConvGeometry, x: Tensor, parts: ConvParts): Record<string, number> => ({
  batch: g.batch,
  kernel_h: g.kernelH,
  kernel_w: g.kernelW,
  dilation: g.dilation,
  tap_step: tapStep(g),
  second_half: g.secondHalf,
  has_affine: x.affine ? 1 : 0,
  relu: g.relu ? 1 : 0,
  accumulate: parts.accumulate ? 1 : 0,
  moments: parts.moments ? 1 : 0,
  strip_rows: parts.stripRows ?? 0,
  chunk_images: parts.chunkImages ?? 0,
  chunk_size: parts.chunkSize ?? 0,
});

/** Kernel parameters of the forward pass: x is the source, y the result. Weight gradients have them too. */
export const forwardParams = (g: ConvGeometry, x: Tensor, parts: ConvParts = {}): Record<string, number> => ({
  ...shared(g, x, parts),
  backward: 0,
  source_channels: g.inChannels,
  source_height: g.height,
  source_width: g.width,
  result_channels: g.outChannels,
  result_height: g.outHeight,
  result_width: g.outWidth,
  group_source: g.inChannels / g.groups,
  group_result: g.outChannels / g.groups,
  up_h: g.strideH,
  up_w: g.strideW,
  down_h: 1,
  down_w: 1,
  period_h: 1,
  period_w: 1,
  advance_h: g.dilation,
  advance_w: g.dilation,
  pad_h: g.padH,
  pad_w: g.padW,
  weight_result: (g.inChannels / g.groups) * g.kernelH * g.kernelW,
  weight_source: g.kernelH * g.kernelW,
});

/** Kernel parameters of the gradient of x: gradOutput is the source, the gradient the result. */
export const backwardParams = (
  g: ConvGeometry,
  x: Tensor,
  parts: ConvParts = {},
): Record<string, number> => ({
  ...shared(g, x, parts),
  backward: 1,
  source_channels: g.outChannels,
  source_height: g.outHeight,
  source_width: g.outWidth,
  result_channels: g.inChannels,
  result_height: g.height,
  result_width: g.width,
  group_source: g.outChannels / g.groups,
  group_result: g.inChannels / g.groups,
  up_h: 1,
  up_w: 1,
  down_h: g.strideH,
  down_w: g.strideW,
  period_h: g.strideH / gcd(g.strideH, g.dilation),
  period_w: g.strideW / gcd(g.strideW, g.dilation),
  advance_h: g.dilation / gcd(g.strideH, g.dilation),
  advance_w: g.dilation / gcd(g.strideW, g.dilation),
  pad_h: g.dilation * (g.kernelH - 1) - g.padH,
  pad_w: g.dilation * (g.kernelW - 1) - g.padW,
  weight_result: g.kernelH * g.kernelW,
  weight_source: (g.inChannels / g.groups) * g.kernelH * g.kernelW,
});
