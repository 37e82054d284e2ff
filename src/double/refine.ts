// The second look of a double-precision forward pass (double_tape.ts), for the ops that have one: each computes an op's
// result again from inputs that mean stored + low, rounds it correctly into the output and leaves the rest in a low part.
import type { Applied, Inputs, Op } from '../core/op.ts';
import type { Recorder } from '../core/recorder.ts';
import { imageShape, numel, type Tensor } from '../core/tensor.ts';
import { conv2d, type ConvInputs } from '../ops/conv/conv2d.ts';
import { type ConvGeometry, groupStep } from '../ops/conv/conv_geometry.ts';
import { factorizedReduceConv } from '../ops/conv/factorized_reduce_conv.ts';
import { add, type AddAttrs, type AddInputs } from '../ops/elementwise/add.ts';
import { concat, type ConcatAttrs, listInputs, recordConcat } from '../ops/elementwise/concat.ts';
import { batchNorm, type BatchNormInputs } from '../ops/norm/batch_norm.ts';
import type { BatchNormSaved } from '../ops/norm/batch_norm_kernels.ts';
import { avgPool2d } from '../ops/pool/avg_pool2d.ts';
import { maxPool2d } from '../ops/pool/max_pool2d.ts';
import type { PoolGeometry } from '../ops/pool/pool_geometry.ts';

/** What all kernels of this kind need (shaders/lib/double_float.wgsl). */
const zero = 0;

/** The low part of a tensor; undefined for one that is exact. */
type LowOf = (x: Tensor) => Tensor | undefined;

interface Refined {
  readonly output: Tensor;
  readonly low: Tensor;
}

/** Null where the low parts end. */
type Refine<I, A, S> = (tape: Recorder, applied: Applied<I, A, S>, lowOf: LowOf) => Refined | null;

const lowPart = (tape: Recorder, x: Tensor): Tensor => tape.alloc('low part', x.shape);

function refineConv(
  tape: Recorder,
  { x, weight }: ConvInputs,
  xLow: Tensor,
  g: ConvGeometry,
  y: Tensor,
): Refined {
  const low = lowPart(tape, y);
  tape.dispatch('refine_conv2d', {
    bind: { x, x_low: xLow, weight, y, y_low: low },
    params: {
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
      group_in: g.groupIn,
      group_out: g.outChannels / g.groups,
      group_step: groupStep(g),
      group_shift: g.groupShift,
      relu: Number(g.relu),
      zero,
    },
    threads: [numel(y.shape)],
  });
  return { output: y, low };
}

/** Batch norm with the statistics of the batch, applied at once; `affine` and `moments` become more accurate too. */
function refineBatchNorm(
  tape: Recorder,
  { x, gamma, beta }: BatchNormInputs,
  xLow: Tensor,
  { affine, moments }: BatchNormSaved,
  eps: number,
): Refined {
  const [batch, channels, height, width] = imageShape('batchNorm: x', x);
  const pixels = height * width;
  const y = tape.alloc('batch norm', x.shape);
  const low = lowPart(tape, y);
  const moments2 = tape.scratch('moments and their low parts', [channels, 4]);
  const common = { x, x_low: xLow, gamma: gamma ?? x, beta: beta ?? x, moments2 };
  const has_gamma = Number(gamma !== null);
  tape.dispatch('refine_batch_moments', {
    bind: { ...common, affine: affine[0], moments: moments[0] },
    params: { batch, channels, pixels, eps, has_gamma, zero },
    threads: [channels],
  });
  tape.dispatch('refine_batch_norm', {
    bind: { ...common, y, y_low: low },
    params: { n: numel(x.shape), channels, pixels, has_gamma, zero },
    threads: [numel(x.shape)],
  });
  tape.release(moments2);
  return { output: y, low };
}

/** relu?(a + b), of inputs without a pending batch norm; those without a low part are exact. */
function refineAdd(
  tape: Recorder,
  { a, b }: AddInputs,
  { relu = false }: AddAttrs,
  y: Tensor,
  lowOf: LowOf,
): Refined {
  const low = lowPart(tape, y);
  const n = numel(y.shape);
  const [aLow, bLow] = [lowOf(a), b ? lowOf(b) : undefined];
  tape.dispatch('refine_add', {
    bind: { a, a_low: aLow ?? a, b: b ?? a, b_low: bLow ?? a, y, y_low: low },
    params: {
      n,
      has_b: Number(b !== null),
      has_a_low: Number(aLow !== undefined),
      has_b_low: Number(bLow !== undefined),
      relu: Number(relu),
      zero,
    },
    threads: [n],
  });
  return { output: y, low };
}

/** Pooling of an input without a pending batch norm. Padding is not counted; ties go to the first. */
function refinePool(
  tape: Recorder,
  kind: 'maximum' | 'average',
  x: Tensor,
  xLow: Tensor,
  { params: { planes, h, w, oh, ow, kernel, stride, padding } }: PoolGeometry,
  y: Tensor,
): Refined {
  const low = lowPart(tape, y);
  tape.dispatch('refine_pool2d', {
    bind: { x, x_low: xLow, y, y_low: low },
    params: { planes, h, w, oh, ow, kernel, stride, padding, zero },
    constants: { MAX: Number(kind === 'maximum') },
    threads: [numel(y.shape)],
  });
  return { output: y, low };
}

/** All inputs have low parts, or there is none. */
function refineConcat(
  tape: Recorder,
  inputs: Inputs,
  attrs: ConcatAttrs,
  y: Tensor,
  lowOf: LowOf,
): Refined | null {
  const lows = listInputs(inputs).flatMap((x) => lowOf(x) ?? []);
  if (lows.length < Object.keys(inputs).length) return null;
  const low = lowPart(tape, y);
  recordConcat(tape, lows, attrs, low);
  return { output: y, low };
}

/** An op and its rule, whose types the compiler compares. */
const rule = <I extends Inputs, D extends string, A, S>(
  op: Op<I, D, A, S>,
  refine: Refine<I, A, S>,
): readonly [unknown, unknown] => [op, refine];

const RULES = new Map<unknown, unknown>([
  rule(conv2d, (tape, { inputs, saved, output }, lowOf) =>
    refineConv(tape, inputs, lowOf(inputs.x)!, saved, output),
  ),
  rule(factorizedReduceConv, (tape, { inputs, saved, output }, lowOf) =>
    refineConv(tape, inputs, lowOf(inputs.x)!, saved, output),
  ),
  rule(batchNorm, (tape, { inputs, saved }, lowOf) =>
    saved.training ? refineBatchNorm(tape, inputs, lowOf(inputs.x)!, saved, saved.eps) : null,
  ),
  rule(add, (tape, { inputs, attrs, output }, lowOf) =>
    attrs.relu6 || inputs.a.affine || inputs.b?.affine ? null : refineAdd(tape, inputs, attrs, output, lowOf),
  ),
  rule(maxPool2d, (tape, { inputs: { x }, saved, output }, lowOf) =>
    x.affine ? null : refinePool(tape, 'maximum', x, lowOf(x)!, saved.geometry, output),
  ),
  rule(avgPool2d, (tape, { inputs: { x }, saved, output }, lowOf) =>
    x.affine ? null : refinePool(tape, 'average', x, lowOf(x)!, saved, output),
  ),
  rule(concat, (tape, { inputs, attrs, output }, lowOf) => refineConcat(tape, inputs, attrs, output, lowOf)),
]);

/** The rule of an op; behind an op without one the low parts end. */
export const refinementOf = <I extends Inputs, D extends string, A, S>(
  op: Op<I, D, A, S>,
): Refine<I, A, S> | undefined => RULES.get(op) as Refine<I, A, S> | undefined;
