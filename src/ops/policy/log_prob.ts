// log pi of the actions taken: probs (R,K), actions (R) of i32 -> (1). The reference adds 1e-5 to a probability
// before its logarithm.
//   y = sum_r log(p[r, a_r] + 1e-5)        grad_p[r,j] = grad_y / (p[r,j] + 1e-5) where j = a_r, else 0
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectIndices, expectShape, matrixShape } from '../shapes.ts';

export type LogProbInputs = {
  readonly probs: Tensor;
  readonly actions: Tensor;
};

export const logProb = defineOp({
  name: 'logProb',
  inputs: { probs: { grad: true }, actions: {} },
  forward(tape: Recorder, { probs, actions }: LogProbInputs, _attrs: object, into: Tensor | null) {
    const [rows, k] = matrixShape('logProb', 'probs', probs);
    expectIndices('logProb', 'actions', actions);
    expectShape('logProb', 'actions', actions, [rows]);
    const y = tape.output('logProb', [1], into);
    tape.dispatch('log_prob', { bind: { probs, actions, y }, params: { rows, k }, threads: [1] });
    return { output: y, saved: null };
  },
  backward: perInput({
    probs(tape, { inputs: { probs, actions }, gradOutput }, { grad, accumulate }) {
      const [rows, k] = probs.shape as [number, number];
      tape.dispatch('log_prob_grad', {
        bind: { probs, actions, grad_y: gradOutput, grad_probs: grad },
        params: { rows, k, accumulate: Number(accumulate) },
        threads: [rows * k],
      });
    },
  }),
});
