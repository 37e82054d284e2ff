// Batch norm over (N, H, W) of every channel. With m the mean and v the biased variance of x over the batch (in
// training) or the running ones (in evaluation):
//   scale = gamma / sqrt(v + eps),  shift = beta - m scale,  y = scale x + shift
// y is virtual: x's memory with `affine` set; whoever reads it applies it. Without gamma and beta they are 1 and 0.
//   running = running + momentum (batch - running), with the unbiased variance
//   x^ = (x - m) / sqrt(v + eps),  dbeta = sum g,  dgamma = sum g x^
//   dx = scale (g - mean(g) - x^ mean(g x^)) in training, scale g in evaluation
// The batch is summed in chunks of pixels; variances combine by Chan, Golub and LeVeque, "Updating formulae and a
// pairwise algorithm for computing sample variances" (1979).
import { defineOp, type GradTarget } from '../op.ts';
import type { Tape } from '../tape.ts';
import { imageShape, showShape, type Tensor, tensorAt } from '../tensor.ts';
import { narrow, refineBatchNorm } from './refine.ts';
import { expectShape, plainInput } from './shapes.ts';

type Inputs = {
  readonly x: Tensor;
  readonly gamma: Tensor | null;
  readonly beta: Tensor | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
};

export interface BatchNormAttrs {
  readonly training: boolean;
  readonly eps: number;
  readonly momentum: number;
}

/** A batch as the kernels see it, and the chunks of each channel (shaders/lib/batch_chunks.wgsl). */
interface Split {
  readonly batch: number;
  readonly channels: number;
  readonly pixels: number;
  readonly chunks: number;
  readonly parts: number;
  readonly chunk_images: number;
  readonly part_pixels: number;
}

interface Saved {
  readonly split: Split;
  readonly affine: Tensor;
  /** (2, C): mean, then 1 / deviation. */
  readonly moments: Tensor;
  /** (C, chunks, 4): shaders/lib/batch_norm_sums.wgsl; filled when gradients are computed. */
  readonly gradSums: Tensor;
}

/** Chunks enough to occupy every lane of a software adapter, however few the channels are. */
function splitBatch(x: Tensor): Split {
  const [batch, channels, height, width] = imageShape('batchNorm: x', x);
  const pixels = height * width;
  const wanted = Math.ceil(512 / channels);
  const chunk_images = Math.max(Math.ceil(batch / wanted), Math.min(batch, Math.ceil(64 / pixels)));
  const image_chunks = Math.ceil(batch / chunk_images);
  const part_pixels = Math.max(Math.ceil((pixels * image_chunks) / wanted), Math.min(pixels, 64));
  const parts = Math.ceil(pixels / part_pixels);
  return { batch, channels, pixels, chunks: image_chunks * parts, parts, chunk_images, part_pixels };
}

function checkInputs(inputs: Inputs, { training }: BatchNormAttrs): void {
  const { x, gamma, beta, runningMean, runningVar } = inputs;
  const [, channels] = imageShape('batchNorm: x', x);
  plainInput('batchNorm', 'x', x);
  for (const [name, value] of Object.entries({ gamma, beta, runningMean, runningVar })) {
    if (value) expectShape('batchNorm', name, value, [channels]);
  }
  const at = `(x ${showShape(x.shape)})`;
  if (!gamma !== !beta)
    throw new Error(`batchNorm: got only one of gamma and beta, expected both or neither ${at}`);
  if (!runningMean !== !runningVar) {
    throw new Error(`batchNorm: got only one of runningMean and runningVar, expected both or neither ${at}`);
  }
  if (!training && !runningMean)
    throw new Error(`batchNorm: got no running statistics to evaluate with ${at}`);
  if (training && runningMean && gamma && runningMean.buffer === gamma.buffer) {
    throw new Error(`batchNorm: got running statistics and gamma in one buffer, expected two buffers ${at}`);
  }
}

/** Records the statistics of the batch, and the update of the running ones. */
function batchStatistics(
  tape: Tape,
  { x, gamma, beta, runningMean, runningVar }: Inputs,
  { eps, momentum }: BatchNormAttrs,
  { split, affine, moments }: Pick<Saved, 'split' | 'affine' | 'moments'>,
): void {
  const { channels, chunks } = split;
  const partials = tape.scratch('batch norm partials', [channels, chunks, 2]);
  tape.dispatch('batch_norm_partials', {
    bind: { x, partials },
    params: { ...split },
    threads: [channels * chunks],
  });
  // Absent running statistics are not written, but something must be bound: two rows that do not overlap.
  const row = 64 * Math.ceil(channels / 64);
  const spare = tape.scratch('no running statistics', [2 * row]);
  tape.dispatch('batch_norm_finalize', {
    bind: {
      partials,
      gamma: gamma ?? partials,
      beta: beta ?? partials,
      affine,
      moments,
      running_mean: runningMean ?? tensorAt(spare.buffer, 0, [channels]),
      running_var: runningVar ?? tensorAt(spare.buffer, 4 * row, [channels]),
    },
    params: {
      ...split,
      eps,
      momentum,
      has_gamma: Number(gamma !== null),
      has_running: Number(runningMean !== null),
    },
    threads: [channels],
  });
  tape.release(partials, spare);
}

function gradParam(
  tape: Tape,
  { attrs, saved: { split, gradSums } }: { readonly attrs: BatchNormAttrs; readonly saved: Saved },
  which: 'gamma' | 'beta',
  { grad, accumulate }: GradTarget,
): void {
  const { batch, channels, pixels, chunks } = split;
  tape.dispatch('batch_norm_grad_param', {
    bind: { partials: gradSums, grad },
    params: {
      channels,
      count: batch * pixels,
      chunks,
      gamma: Number(which === 'gamma'),
      training: Number(attrs.training),
      accumulate: Number(accumulate),
      zero: 0,
    },
    threads: [channels],
  });
}

/**
 * x (N,C,H,W), gamma, beta, runningMean, runningVar (C) or null -> x as a virtual tensor, normalised on the load.
 * Training updates the running statistics, which must lie in another buffer than gamma and beta.
 */
export const batchNorm = defineOp<Inputs, 'x' | 'gamma' | 'beta', BatchNormAttrs, Saved>({
  name: 'batchNorm',
  forward(tape, inputs, attrs) {
    checkInputs(inputs, attrs);
    const { grad: _, ...stored } = inputs.x;
    const split = splitBatch(inputs.x);
    const { channels, chunks } = split;
    const affine = tape.output('batch norm affine', [2, channels]);
    const moments = tape.alloc('batch norm moments', [2, channels]);
    if (attrs.training) batchStatistics(tape, inputs, attrs, { split, affine, moments });
    else {
      const [mean, variance] = [inputs.runningMean!, inputs.runningVar!];
      tape.dispatch('batch_norm_eval', {
        bind: {
          running_mean: mean,
          running_var: variance,
          gamma: inputs.gamma ?? mean,
          beta: inputs.beta ?? mean,
          affine,
          moments,
        },
        params: { channels, eps: attrs.eps, has_gamma: Number(inputs.gamma !== null) },
        threads: [channels],
      });
    }
    // without training nobody reads them, and they need no memory of their own
    const gradSums = tape.training ? tape.alloc('batch norm gradient sums', [channels, chunks, 4]) : moments;
    return { output: { ...stored, affine }, saved: { split, affine, moments, gradSums } };
  },
  refine(tape, { inputs, saved, attrs, output }) {
    if (!attrs.training) return narrow(output);
    return refineBatchNorm(tape, inputs, { ...saved, eps: attrs.eps });
  },
  prepare(tape, { inputs, saved, gradOutput, attrs }) {
    if (!attrs.training && !inputs.gamma) return;
    const { split, moments, gradSums } = saved;
    tape.dispatch('batch_norm_grad_partials', {
      bind: { x: inputs.x, grad_output: gradOutput, moments, partials: gradSums },
      params: { ...split, zero: 0 },
      threads: [split.channels * split.chunks],
    });
  },
  backward: {
    x(tape, { inputs, saved, gradOutput, attrs }, { grad, accumulate }) {
      const { split, affine, moments, gradSums } = saved;
      tape.dispatch('batch_norm_grad_input', {
        bind: { x: inputs.x, grad_output: gradOutput, affine, moments, partials: gradSums, grad_input: grad },
        params: {
          ...split,
          eps: attrs.eps,
          training: Number(attrs.training),
          accumulate: Number(accumulate),
          zero: 0,
        },
        threads: [split.channels * split.chunks],
      });
    },
    gamma: (tape, context, target) => gradParam(tape, context, 'gamma', target),
    beta: (tape, context, target) => gradParam(tape, context, 'beta', target),
  },
});
