// The shapes of one convolution, checked once, and the kernel parameters that follow from them.
import { ShapeError } from '../../../runtime/errors.ts';
import { imageShape, showShape, type Tensor } from '../../core/tensor.ts';

export interface Conv2dAttrs {
  /** One number, or rows and columns apart; 1 unless given. */
  readonly stride?: number | readonly [number, number];
  /** Rows and columns of zeros on each side: one number, or apart; 0 unless given. */
  readonly padding?: number | readonly [number, number];
  /** Pixels from one tap of the window to the next; 1 unless given. */
  readonly dilation?: number;
  /** Groups of channels that are convolved apart from each other; 1 unless given. */
  readonly groups?: number;
  /** Apply ReLU to x on the load. */
  readonly relu?: boolean;
  /** A batch norm follows: its first stage is done with the convolution, where the kernel can (conv_choice.ts). */
  readonly normalised?: boolean;
  /** That batch norm is combined by its reader (BatchNormAttrs.deferred): the first stage outlives it. */
  readonly keepsMoments?: boolean;
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
  /** Input channels of a group: its own, or all of them, as in a factorized reduce. */
  readonly groupIn: number;
  /** Pixels further down and right that a group reads than the one before it: 1 in a factorized reduce, else 0. */
  readonly groupShift: 0 | 1;
  readonly relu: boolean;
}

/** From one group to the next, input channels. */
export const groupStep = (g: ConvGeometry): number => (g.groupIn === g.inChannels ? 0 : g.groupIn);

/** Geometry of `conv2d` over x (N,C,H,W) and weight (O,C/groups,KH,KW). Throws if they do not fit each other. */
export function convGeometry(x: Tensor, weight: Tensor, attrs: Conv2dAttrs): ConvGeometry {
  const [batch, inChannels, height, width] = imageShape('conv2d: x', x);
  const [outChannels, groupIn, kernelH, kernelW] = imageShape('conv2d: weight', weight);
  const { stride = 1, padding = 0, dilation = 1, groups = 1 } = attrs;
  const [padH, padW] = typeof padding === 'number' ? [padding, padding] : padding;
  const [strideH, strideW] = typeof stride === 'number' ? [stride, stride] : stride;
  const shapes = (): string => `(x ${showShape(x.shape)}, weight ${showShape(weight.shape)})`;
  for (const [name, value, least] of [
    ['stride', strideH, 1],
    ['stride', strideW, 1],
    ['dilation', dilation, 1],
    ['groups', groups, 1],
    ['padding', padH, 0],
    ['padding', padW, 0],
  ] as const) {
    if (!Number.isInteger(value) || value < least) {
      throw new ShapeError(`conv2d: ${name}, got ${value}, expected an integer >= ${least} ${shapes()}`);
    }
  }
  if (groupIn * groups !== inChannels) {
    throw new ShapeError(
      `conv2d: input channels, got ${inChannels}, expected ${groups} groups of ${groupIn} ${shapes()}`,
    );
  }
  if (outChannels % groups !== 0) {
    throw new ShapeError(
      `conv2d: output channels, got ${outChannels}, expected a multiple of ${groups} groups ${shapes()}`,
    );
  }
  const outHeight = Math.floor((height + 2 * padH - dilation * (kernelH - 1) - 1) / strideH) + 1;
  const outWidth = Math.floor((width + 2 * padW - dilation * (kernelW - 1) - 1) / strideW) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new ShapeError(
      `conv2d: the window exceeds the padded input, got padding ${padding}, dilation ${dilation} ${shapes()}`,
    );
  }
  return {
    batch,
    inChannels,
    height,
    width,
    outChannels,
    outHeight,
    outWidth,
    kernelH,
    kernelW,
    strideH,
    strideW,
    padH,
    padW,
    dilation,
    groups,
    groupIn,
    groupShift: 0,
    relu: attrs.relu ?? false,
  };
}

/** Multiply-adds of the forward pass. */
export const convMadds = (g: ConvGeometry): number =>
  g.batch * g.outChannels * g.outHeight * g.outWidth * g.groupIn * g.kernelH * g.kernelW;

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

/** What differs between the forward pass and the gradient of x, of rows and columns. */
interface Direction {
  readonly backward: boolean;
  /** (channels, height, width). */
  readonly source: readonly [number, number, number];
  readonly result: readonly [number, number, number];
  /** What groups have of the source and of the result: see shaders/lib/conv_params.wgsl. */
  readonly group: Readonly<Record<'source' | 'result' | 'step' | 'shift' | 'summed', number>>;
  readonly up: readonly [number, number];
  readonly down: readonly [number, number];
  readonly pad: readonly [number, number];
}

/** One literal: objects of so many members are ten times slower to put together from parts. */
function kernelParams(
  g: ConvGeometry,
  x: Tensor,
  parts: ConvParts,
  direction: Direction,
): Record<string, number> {
  const { backward, source, result, group, up, down, pad } = direction;
  const taps = g.kernelH * g.kernelW;
  const outSteps = g.groupIn * taps;
  const [sharedH, sharedW] = [gcd(down[0], g.dilation), gcd(down[1], g.dilation)];
  return {
    batch: g.batch,
    source_channels: source[0],
    source_height: source[1],
    source_width: source[2],
    result_channels: result[0],
    result_height: result[1],
    result_width: result[2],
    group_source: group.source,
    group_result: group.result,
    group_step: group.step,
    group_shift: group.shift,
    summed_groups: group.summed,
    kernel_h: g.kernelH,
    kernel_w: g.kernelW,
    dilation: g.dilation,
    up_h: up[0],
    up_w: up[1],
    down_h: down[0],
    down_w: down[1],
    pad_h: pad[0],
    pad_w: pad[1],
    period_h: down[0] / sharedH,
    period_w: down[1] / sharedW,
    advance_h: g.dilation / sharedH,
    advance_w: g.dilation / sharedW,
    tap_step: tapStep(g),
    weight_result: backward ? taps : outSteps,
    weight_source: backward ? outSteps : taps,
    has_affine: x.affine ? 1 : 0,
    relu: g.relu ? 1 : 0,
    backward: backward ? 1 : 0,
    moments: parts.moments ? 1 : 0,
    accumulate: parts.accumulate ? 1 : 0,
    strip_rows: parts.stripRows ?? 0,
    chunk_images: parts.chunkImages ?? 0,
    chunk_size: parts.chunkSize ?? 0,
  };
}

/** Kernel parameters of the forward pass: x is the source, y the result. Weight gradients have them too. */
export const forwardParams = (g: ConvGeometry, x: Tensor, parts: ConvParts = {}): Record<string, number> =>
  kernelParams(g, x, parts, {
    backward: false,
    source: [g.inChannels, g.height, g.width],
    result: [g.outChannels, g.outHeight, g.outWidth],
    group: {
      source: g.groupIn,
      result: g.outChannels / g.groups,
      step: groupStep(g),
      shift: g.groupShift,
      summed: 1,
    },
    up: [g.strideH, g.strideW],
    down: [1, 1],
    pad: [g.padH, g.padW],
  });

/** Kernel parameters of the gradient of x: gradOutput is the source, the gradient the result. */
export const backwardParams = (g: ConvGeometry, x: Tensor, parts: ConvParts = {}): Record<string, number> =>
  kernelParams(g, x, parts, {
    backward: true,
    source: [g.outChannels, g.outHeight, g.outWidth],
    result: [g.inChannels, g.height, g.width],
    group: {
      source: g.outChannels / g.groups,
      result: g.groupIn,
      step: g.outChannels / g.groups,
      shift: -g.groupShift,
      summed: (g.groups * g.groupIn) / g.inChannels,
    },
    up: [1, 1],
    down: [g.strideH, g.strideW],
    pad: [g.dilation * (g.kernelH - 1) - g.padH, g.dilation * (g.kernelW - 1) - g.padW],
  });
