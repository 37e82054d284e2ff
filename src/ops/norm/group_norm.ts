// Group norm (Wu and He, 2018): every image is normalised by itself, over groups of C/G neighbouring channels. With m the
// mean and v the biased variance of a group, s = 1 / sqrt(v + eps) and x^ = (x - m) s:
//   y = gamma x^ + beta
//   dbeta = sum g,  dgamma = sum g x^,  dx = s (h - mean(h) - x^ mean(h x^)),  h = gamma g,  means over the group
// One group is layer norm over (C,H,W), as many as channels instance norm. As torch.nn.GroupNorm.
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, type Tensor } from '../../core/tensor.ts';
import { expectShape } from '../shapes.ts';

export type GroupNormInputs = {
  /** (N,C,H,W). */
  readonly x: Tensor;
  /** (C). */
  readonly gamma: Tensor;
  /** (C). */
  readonly beta: Tensor;
};

export interface GroupNormAttrs {
  /** A divisor of the channels. */
  readonly groups: number;
  /** Added to the variance; 1e-5 unless given. */
  readonly eps?: number;
}

/** PyTorch's default. */
export const GN_EPS = 1e-5;

/** Lanes of a workgroup, which takes a group or a channel. */
const LANES = 64;

export interface GroupNormSaved {
  /** (N,G,2): m and s. */
  readonly moments: Tensor;
  readonly sizes: Readonly<Record<'channels' | 'groups' | 'plane', number>>;
  readonly perGroup: Readonly<Record<'all_groups' | 'size', number>>;
}

export const groupNorm = defineOp({
  name: 'groupNorm',
  inputs: { x: { grad: true }, gamma: { grad: true }, beta: { grad: true } },
  forward(
    tape: Recorder,
    inputs: GroupNormInputs,
    { groups, eps = GN_EPS }: GroupNormAttrs,
    into: Tensor | null,
  ) {
    const { x, gamma, beta } = inputs;
    const [n, channels, h, w] = imageShape('groupNorm', x);
    if (!(Number.isInteger(groups) && groups >= 1 && channels % groups === 0)) {
      throw new ShapeError(`groupNorm: got ${groups} groups, expected a divisor of the ${channels} channels`);
    }
    expectShape('groupNorm', 'gamma', gamma, [channels]);
    expectShape('groupNorm', 'beta', beta, [channels]);
    const plane = h * w;
    const saved: GroupNormSaved = {
      moments: tape.alloc('group norm moments', [n, groups, 2]),
      sizes: { channels, groups, plane },
      perGroup: { all_groups: n * groups, size: (channels / groups) * plane },
    };
    const output = tape.output('groupNorm', x.shape, into);
    tape.dispatch('group_norm', {
      bind: { x, gamma, beta, y: output, moments: saved.moments },
      params: { ...saved.sizes, ...saved.perGroup, eps },
      threads: [n * groups * LANES],
    });
    return { output, saved };
  },
  backward: perInput({
    x(tape, { inputs: { x, gamma }, saved, gradOutput }, { grad, accumulate }) {
      const { moments, sizes, perGroup } = saved;
      tape.dispatch('group_norm_grad', {
        bind: { x, gamma, moments, grad_y: gradOutput, grad_x: grad },
        params: { ...sizes, ...perGroup, accumulate: Number(accumulate) },
        threads: [perGroup.all_groups * LANES],
      });
    },
    gamma: (tape, { inputs, saved, gradOutput }, target) =>
      gradParam(tape, inputs.x, saved, gradOutput, target, false),
    beta: (tape, { inputs, saved, gradOutput }, target) =>
      gradParam(tape, inputs.x, saved, gradOutput, target, true),
  }),
});

function gradParam(
  tape: Recorder,
  x: Tensor,
  { moments, sizes }: GroupNormSaved,
  gradOutput: Tensor,
  { grad, accumulate }: GradTarget,
  beta: boolean,
): void {
  tape.dispatch('group_norm_grad_param', {
    bind: { x, moments, grad_y: gradOutput, grad },
    params: { images: x.shape[0]!, ...sizes, accumulate: Number(accumulate) },
    constants: { BETA: Number(beta) },
    threads: [sizes.channels * LANES],
  });
}
