// Batch norm over (N, H, W) of every channel. With m the mean and v the biased variance of x over the batch (in
// training) or the running ones (in evaluation):
//   scale = gamma / sqrt(v + eps),  shift = beta - m scale,  y = scale x + shift
// y is virtual: x's memory with `affine` set; whoever reads it applies it. Without gamma and beta they are 1 and 0.
//   running = running + momentum (batch - running), with the unbiased variance
//   x^ = (x - m) / sqrt(v + eps),  dbeta = sum g,  dgamma = sum g x^
//   dx = scale (g - mean(g) - x^ mean(g x^)) in training, scale g in evaluation
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, showShape, type Tensor } from '../../core/tensor.ts';
import {
  type BatchNormSaved,
  canDefer,
  gradSumsShape,
  recordGradParams,
  recordGrads,
  recordStatistics,
} from './batch_norm_kernels.ts';
import { expectShape } from '../shapes.ts';

export type BatchNormInputs = {
  readonly x: Tensor;
  readonly gamma: Tensor | null;
  readonly beta: Tensor | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
};

export interface BatchNormAttrs {
  /** Whether by the statistics of the batch or by the running ones; the tape's `batchStatistics` unless given. */
  readonly training?: boolean;
  /** Added to the variance; 1e-5 unless given. */
  readonly eps?: number;
  /** Share of the batch in the new running statistics; 0.1 unless given. */
  readonly momentum?: number;
  /** Leaves it to the reader, which must be able to (InputSpec.uncombined), to combine the statistics: one call less. */
  readonly deferred?: boolean;
}

/** PyTorch's defaults. */
export const BN_EPS = 1e-5;
export const BN_MOMENTUM = 0.1;

/** What was computed, and how. */
export interface AppliedBatchNorm extends BatchNormSaved {
  readonly training: boolean;
  readonly eps: number;
}

function checkInputs(inputs: BatchNormInputs, training: boolean): void {
  const { x, gamma, beta, runningMean, runningVar } = inputs;
  const [, channels] = imageShape('batchNorm: x', x);
  for (const [name, value] of Object.entries({ gamma, beta, runningMean, runningVar })) {
    if (value) expectShape('batchNorm', name, value, [channels]);
  }
  const at = `(x ${showShape(x.shape)})`;
  if (!gamma !== !beta)
    throw new ShapeError(`batchNorm: got only one of gamma and beta, expected both or neither ${at}`);
  if (!runningMean !== !runningVar) {
    throw new ShapeError(
      `batchNorm: got only one of runningMean and runningVar, expected both or neither ${at}`,
    );
  }
  if (!training && !runningMean)
    throw new ShapeError(`batchNorm: got no running statistics to evaluate with ${at}`);
  if (training && runningMean && gamma && runningMean.buffer === gamma.buffer) {
    throw new ShapeError(
      `batchNorm: got running statistics and gamma in one buffer, expected two buffers ${at}`,
    );
  }
}

/**
 * x (N,C,H,W), gamma, beta, runningMean, runningVar (C) or null -> x as a virtual tensor, normalised on the load.
 * Training updates the running statistics, which must lie in another buffer than gamma and beta.
 */
export const batchNorm = defineOp({
  name: 'batchNorm',
  inputs: {
    x: { grad: true },
    gamma: { grad: true },
    beta: { grad: true },
    runningMean: {},
    runningVar: {},
  },
  forward(tape: Recorder, inputs: BatchNormInputs, attrs: BatchNormAttrs) {
    const { training = tape.batchStatistics, eps = BN_EPS, momentum = BN_MOMENTUM, deferred = false } = attrs;
    checkInputs(inputs, training);
    const { grad: _, chunkMoments, ...stored } = inputs.x;
    const channels = inputs.x.shape[1]!;
    const affine = tape.alloc('batch norm affine', [2, channels]);
    const moments = tape.alloc('batch norm moments', [2, channels]);
    const plain = training && !inputs.gamma && !inputs.runningMean;
    const uncombined =
      deferred && plain && chunkMoments && canDefer(tape.engine, inputs.x)
        ? { chunkMoments, moments, eps }
        : null;
    if (uncombined) {
      // its reader records what is to be done
    } else if (training) {
      recordStatistics(
        tape,
        [inputs.x],
        { ...inputs, eps, momentum },
        { affine: [affine], moments: [moments] },
      );
    } else {
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
        params: { channels, eps, has_gamma: Number(inputs.gamma !== null) },
        threads: [channels],
      });
    }
    // without training nobody reads them, and they need no memory of their own
    const gradSums = tape.training
      ? tape.alloc('batch norm gradient sums', gradSumsShape(tape.engine, [inputs.x]))
      : moments;
    const saved: AppliedBatchNorm = { affine: [affine], moments: [moments], gradSums, training, eps };
    return { output: { ...stored, affine, ...(uncombined ? { uncombined } : {}) }, saved };
  },
  backward(tape, { inputs, saved, gradOutput }, { x, gamma, beta }) {
    const { training, eps } = saved;
    const input = x && { grads: [x.grad] as const, accumulate: x.accumulate };
    const options = { eps, training, parameters: inputs.gamma !== null };
    recordGrads(tape, [inputs.x], [gradOutput], input, saved, options);
    if (gamma || beta) recordGradParams(tape, inputs.x, { gamma, beta }, saved, training);
  },
});
