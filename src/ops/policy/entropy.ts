// Entropy of the distributions in the rows of (R,K), summed: -> (1). The reference adds 1e-5 to every probability.
// With a mask (R,K) of i32, 0 or 1, entries that it forbids are no part of the distribution.
//   y = -sum m q log q,  q = p + 1e-5          grad_p = -grad_y m (log q + 1)
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, type Tensor } from '../../core/tensor.ts';
import { expectIndices, expectShape, matrixShape } from '../shapes.ts';

export type EntropyInputs = {
  readonly probs: Tensor;
  readonly mask: Tensor | null;
};

export const entropy = defineOp({
  name: 'entropy',
  inputs: { probs: { grad: true }, mask: {} },
  forward(tape: Recorder, { probs, mask }: EntropyInputs, _attrs: object, into: Tensor | null) {
    const shape = matrixShape('entropy', 'probs', probs);
    if (mask) {
      expectIndices('entropy', 'mask', mask);
      expectShape('entropy', 'mask', mask, shape);
    }
    const y = tape.output('entropy', [1], into);
    tape.dispatch('entropy', {
      bind: { probs, mask: mask ?? probs, y },
      params: { n: numel(probs.shape) },
      constants: { MASKED: Number(mask !== null) },
      threads: [1],
    });
    return { output: y, saved: null };
  },
  backward: perInput({
    probs(tape, { inputs: { probs, mask }, gradOutput }, { grad, accumulate }) {
      const n = numel(probs.shape);
      tape.dispatch('entropy_grad', {
        bind: { probs, mask: mask ?? probs, grad_y: gradOutput, grad_probs: grad },
        params: { n, accumulate: Number(accumulate) },
        constants: { MASKED: Number(mask !== null) },
        threads: [n],
      });
    },
  }),
});
