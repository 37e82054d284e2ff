// Batch norm over (N, H, W) of every channel. With m the mean and v the biased variance of x over the batch (in
// training) or the running ones (in evaluation):
//   scale = gamma / sqrt(v + eps),  shift = beta - m scale,  y = scale x + shift
// y is virtual: x's memory with `affine` set; whoever reads it applies it. Without gamma and beta they are 1 and 0.
//   running = running + momentum (batch - running), with the unbiased variance
//   x^ = (x - m) / sqrt(v + eps),  dbeta = sum g,  dgamma = sum g x^
//   dx = scale (g - mean(g) - x^ mean(g x^)) in training, scale g in evaluation
import { defineOp, type GradTarget } from '../../core/op.ts';
import { imageShape, showShape, type Tensor } from '../../core/tensor.ts';
import {
  type BatchNormSaved,
  gradSumsShape,
  recordGradInput,
  recordGradParams,
  recordGradSums,
  recordStatistics,
} from './batch_norm_kernels.ts';
import { narrow, refineBatchNorm } from '../refine.ts';
import { expectShape, plainInput } from '../shapes.ts';

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

interface Saved extends BatchNormSaved {
  /** Filled by the gradient rules of gamma and beta, which `finish` computes together. */
  readonly targets: Record<'gamma' | 'beta', GradTarget | null>;
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

/**
 * x (N,C,H,W), gamma, beta, runningMean, runningVar (C) or null -> x as a virtual tensor, normalised on the load.
 * Training updates the running statistics, which must lie in another buffer than gamma and beta.
 */
export const batchNorm = defineOp<Inputs, 'x' | 'gamma' | 'beta', BatchNormAttrs, Saved>({
  name: 'batchNorm',
  forward(tape, inputs, attrs) {
    checkInputs(inputs, attrs);
    const { grad: _, chunkMoments: _used, ...stored } = inputs.x;
    const channels = inputs.x.shape[1]!;
    const affine = tape.output('batch norm affine', [2, channels]);
    const moments = tape.alloc('batch norm moments', [2, channels]);
    if (attrs.training) {
      recordStatistics(tape, [inputs.x], { ...inputs, ...attrs }, { affine: [affine], moments: [moments] });
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
        params: { channels, eps: attrs.eps, has_gamma: Number(inputs.gamma !== null) },
        threads: [channels],
      });
    }
    // without training nobody reads them, and they need no memory of their own
    const gradSums = tape.training
      ? tape.alloc('batch norm gradient sums', gradSumsShape([inputs.x]))
      : moments;
    const targets = { gamma: null, beta: null };
    return {
      output: { ...stored, affine },
      saved: { affine: [affine], moments: [moments], gradSums, targets },
    };
  },
  refine(tape, { inputs, saved, attrs, output }) {
    if (!attrs.training) return narrow(output);
    const [affine, moments] = [saved.affine[0], saved.moments[0]];
    return refineBatchNorm(tape, inputs, { affine, moments, eps: attrs.eps });
  },
  prepare(tape, { inputs, saved, gradOutput, attrs }) {
    if (attrs.training || inputs.gamma) recordGradSums(tape, [inputs.x], [gradOutput], saved);
  },
  backward: {
    x: (tape, { inputs, saved, gradOutput, attrs }, { grad, accumulate }) =>
      recordGradInput(tape, [inputs.x], [gradOutput], [grad], saved, { ...attrs, accumulate }),
    gamma: (_tape, { saved }, target) => void (saved.targets.gamma = target),
    beta: (_tape, { saved }, target) => void (saved.targets.beta = target),
  },
  finish(tape, { inputs, saved, attrs }) {
    const { targets } = saved;
    if (targets.gamma || targets.beta) recordGradParams(tape, inputs.x, targets, saved, attrs.training);
    targets.gamma = targets.beta = null;
  },
});
