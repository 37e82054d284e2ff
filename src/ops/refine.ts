// Forward passes to twice the precision of f32. A tensor with a `low` part means stored + low; ops that can carry
// this on have a `refine` rule, which runs after forward, computes the result again, rounds it correctly into the
// output and leaves the rest in the output's own low part. Gradients read what is stored, as always.
// It is for networks that magnify the rounding of their activations, with so few values that the cost is nothing.
import type { Tape } from '../core/tape.ts';
import { imageShape, numel, type Tensor } from '../core/tensor.ts';
import { type ConvGeometry, groupStep } from './conv/conv_geometry.ts';
import type { PoolGeometry } from './pool/pool_geometry.ts';

/** What all kernels of this kind need (shaders/lib/double_float.wgsl). */
const zero = 0;

/** The same tensor, exact so far: with a low part of zeros. */
export function widen(tape: Tape, x: Tensor): Tensor {
  const low = tape.alloc('low part', x.shape);
  tape.clear(low);
  return { ...x, low };
}

/** Only what is stored. */
export const narrow = ({ low: _, ...x }: Tensor): Tensor => x;

const withLow = (tape: Tape, output: Tensor) => ({ ...output, low: tape.alloc('low part', output.shape) });

/** Any convolution, and those of a factorized reduce. */
export function refineConv(
  tape: Tape,
  { x, weight }: { readonly x: Tensor; readonly weight: Tensor },
  g: ConvGeometry,
  output: Tensor,
): Tensor {
  const y = withLow(tape, output);
  tape.dispatch('refine_conv2d', {
    bind: { x, x_low: x.low!, weight, y, y_low: y.low },
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
  return y;
}

/** Batch norm with the statistics of the batch, applied at once; `affine` and `moments` become more accurate too. */
export function refineBatchNorm(
  tape: Tape,
  { x, gamma, beta }: { readonly x: Tensor; readonly gamma: Tensor | null; readonly beta: Tensor | null },
  { affine, moments, eps }: { readonly affine: Tensor; readonly moments: Tensor; readonly eps: number },
): Tensor {
  const [batch, channels, height, width] = imageShape('batchNorm: x', x);
  const pixels = height * width;
  const y = withLow(tape, tape.alloc('batch norm', x.shape));
  const moments2 = tape.scratch('moments and their low parts', [channels, 4]);
  const common = { x, x_low: x.low!, gamma: gamma ?? x, beta: beta ?? x, moments2 };
  const has_gamma = Number(gamma !== null);
  tape.dispatch('refine_batch_moments', {
    bind: { ...common, affine, moments },
    params: { batch, channels, pixels, eps, has_gamma, zero },
    threads: [channels],
  });
  tape.dispatch('refine_batch_norm', {
    bind: { ...common, y, y_low: y.low },
    params: { n: numel(x.shape), channels, pixels, has_gamma, zero },
    threads: [numel(x.shape)],
  });
  tape.release(moments2);
  return y;
}

/** relu?(a + b). Inputs without a low part are exact; those with a pending batch norm are none of this. */
export function refineAdd(
  tape: Tape,
  { a, b }: { readonly a: Tensor; readonly b: Tensor | null },
  relu: boolean,
  output: Tensor,
): Tensor {
  if (a.affine || b?.affine) return output;
  const y = withLow(tape, output);
  const n = numel(y.shape);
  tape.dispatch('refine_add', {
    bind: { a, a_low: a.low ?? a, b: b ?? a, b_low: b?.low ?? a, y, y_low: y.low },
    params: {
      n,
      has_b: Number(b !== null),
      has_a_low: Number(a.low !== undefined),
      has_b_low: Number(b?.low !== undefined),
      relu: Number(relu),
      zero,
    },
    threads: [n],
  });
  return y;
}

/** Padding is not counted; ties go to the first. An input with a pending batch norm is none of this. */
export function refinePool(
  tape: Tape,
  kind: 'maximum' | 'average',
  x: Tensor,
  { params: { planes, h, w, oh, ow, kernel, stride, padding } }: PoolGeometry,
  output: Tensor,
): Tensor {
  if (x.affine) return output;
  const y = withLow(tape, output);
  tape.dispatch('refine_pool2d', {
    bind: { x, x_low: x.low!, y, y_low: y.low },
    params: { planes, h, w, oh, ow, kernel, stride, padding, zero },
    constants: { MAX: Number(kind === 'maximum') },
    threads: [numel(y.shape)],
  });
  return y;
}
