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
  const image = { batch, inChannels, height, width, outChannels, outHeight, outWidth };
  return {
    ...image,
    kernelH,
    kernelW,
    strideH,
    strideW,
    padH,
    padW,
    dilation,
    groups,
    relu: attrs.relu ?? false,
  };
}

/** Multiply-adds of the forward pass. */
export const convMadds = (g: ConvGeometry): number =>
  (g.batch * g.outChannels * g.outHeight * g.outWidth * g.inChannels * g.kernelH * g.kernelW) / g.groups;

/** shaders/lib/conv_params.wgsl for x as stored in `x`; `more` are the fields that only gradients use. */
export function convParams(
  g: ConvGeometry,
  x: Tensor,
  more: { accumulate?: boolean; chunks?: number; chunkRows?: number } = {},
): Record<string, number> {
  return {
    batch: g.batch,
    in_channels: g.inChannels,
    height: g.height,
    width: g.width,
    out_channels: g.outChannels,
    out_height: g.outHeight,
    out_width: g.outWidth,
    kernel_h: g.kernelH,
    kernel_w: g.kernelW,
    stride_h: g.strideH,
    stride_w: g.strideW,
    pad_h: g.padH,
    pad_w: g.padW,
    dilation: g.dilation,
    group_in: g.inChannels / g.groups,
    group_out: g.outChannels / g.groups,
    has_affine: x.affine ? 1 : 0,
    relu: g.relu ? 1 : 0,
    accumulate: more.accumulate ? 1 : 0,
    chunks: more.chunks ?? 1,
    chunk_rows: more.chunkRows ?? 0,
  };
}
