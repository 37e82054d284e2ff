// log pi of the actions taken: probs (R,K), actions (R) of i32 -> (1). The reference adds 1e-5 to a probability
// before its logarithm.
//   y = sum_r log(p[r, a_r] + 1e-5)        grad_p[r,j] = grad_y / (p[r,j] + 1e-5) where j = a_r, else 0
import { defineOp } from '../../core/op.ts';
import type { Tape } from '../../core/tape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectIndices, expectShape, matrixShape } from '../shapes.ts';

export interface LogProbInputs extends Record<string, Tensor | null> {
  readonly probs: Tensor;
  readonly actions: Tensor;
}

export const logProb = defineOp({
  name: 'logProb',
  forward(tape: Tape, { probs, actions }: LogProbInputs, _attrs: object) {
    const [rows, k] = matrixShape('logProb', 'probs', probs);
    expectIndices('logProb', 'actions', actions);
    expectShape('logProb', 'actions', actions, [rows]);
    const y = tape.output('logProb', [1]);
    tape.dispatch('log_prob', { bind: { probs, actions, y }, params: { rows, k }, threads: [1] });
    return { output: y, saved: null };
  },
  backward: {
    probs(tape, { inputs: { probs, actions }, gradOutput }, { grad, accumulate }) {
      const [rows, k] = probs.shape as [number, number];
      tape.dispatch('log_prob_grad', {
        bind: { probs, actions, grad_y: gradOutput, grad_probs: grad },
        params: { rows, k, accumulate: Number(accumulate) },
        threads: [rows * k],
      });
    },
  },
});
