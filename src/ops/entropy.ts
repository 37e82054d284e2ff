// Entropy of the distributions in the rows of (R,K), summed: -> (1). The reference adds 1e-5 to every probability.
//   y = -sum q log q,  q = p + 1e-5          grad_p = -grad_y (log q + 1)
import { defineOp } from '../op.ts';
import type { Tape } from '../tape.ts';
import { numel, type Tensor } from '../tensor.ts';
import { matrixShape } from './shapes.ts';

export const entropy = defineOp({
  name: 'entropy',
  forward(tape: Tape, { probs }: { readonly probs: Tensor }, _attrs: object) {
    matrixShape('entropy', 'probs', probs);
    const y = tape.output('entropy', [1]);
    tape.dispatch('entropy', { bind: { probs, y }, params: { n: numel(probs.shape) }, threads: [1] });
    return { output: y, saved: null };
  },
  backward: {
    probs(tape, { inputs: { probs }, gradOutput }, { grad, accumulate }) {
      const n = numel(probs.shape);
      tape.dispatch('entropy_grad', {
        bind: { probs, grad_y: gradOutput, grad_probs: grad },
        params: { n, accumulate: Number(accumulate) },
        threads: [n],
      });
    },
  },
});
