// Entropy of the distributions in the rows of (R,K), summed over each of G groups of rows: -> (G). The reference adds
// 1e-5 to every probability. With a mask (R,K) of i32, 0 or 1, entries that it forbids are no part of the distribution.
//   y_g = -sum m q log q over its rows,  q = p + 1e-5          grad_p = -grad_y_g m (log q + 1)
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectGroups, expectShape, matrixShape } from '../shapes.ts';

export type EntropyInputs = {
  readonly probs: Tensor;
  readonly mask: Tensor | null;
};

export interface EntropyAttrs {
  /** G; 1 unless given. */
  readonly groups?: number;
}

export const entropy = defineOp({
  name: 'entropy',
  inputs: { probs: { grad: true }, mask: { dtype: 'i32' } },
  forward(tape: Recorder, { probs, mask }: EntropyInputs, { groups = 1 }: EntropyAttrs, into: Tensor | null) {
    const [rows, k] = matrixShape('entropy', 'probs', probs);
    if (mask) expectShape('entropy', 'mask', mask, [rows, k]);
    const n = expectGroups('entropy', rows, groups) * k;
    const output = tape.output('entropy', [groups], into);
    tape.dispatch('entropy', {
      bind: { probs, mask: mask ?? probs, y: output },
      params: { n, groups },
      constants: { MASKED: Number(mask !== null) },
      threads: [groups],
    });
    return { output, saved: { n, groups } };
  },
  backward: perInput({
    probs(tape, { inputs: { probs, mask }, saved, gradOutput }, { grad, accumulate }) {
      tape.dispatch('entropy_grad', {
        bind: { probs, mask: mask ?? probs, grad_y: gradOutput, grad_probs: grad },
        params: { ...saved, accumulate: Number(accumulate) },
        constants: { MASKED: Number(mask !== null) },
        threads: [saved.n * saved.groups],
      });
    },
  }),
});
