// log pi of the actions taken, S samples of the rows of probs (R,K), which are G groups of equal size: actions (R), or
// (S,R), of i32 -> (S*G). The reference adds 1e-5 to a probability before its logarithm.
//   y[s,g] = sum over the rows r of g of log(p[r, a_sr] + 1e-5)
//   grad_p[r,j] = sum of grad_y[s,g] over the samples with j = a_sr, / (p[r,j] + 1e-5)
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectGroups, expectShape, matrixShape } from '../shapes.ts';

export type LogProbInputs = {
  readonly probs: Tensor;
  readonly actions: Tensor;
};

export interface LogProbAttrs {
  /** G; 1 unless given. */
  readonly groups?: number;
}

export const logProb = defineOp({
  name: 'logProb',
  inputs: { probs: { grad: true }, actions: { dtype: 'i32' } },
  forward(
    tape: Recorder,
    { probs, actions }: LogProbInputs,
    { groups = 1 }: LogProbAttrs,
    into: Tensor | null,
  ) {
    const [allRows, k] = matrixShape('logProb', 'probs', probs);
    const samples = actions.shape.length > 1 ? actions.shape[0]! : 1;
    expectShape('logProb', 'actions', actions, actions.shape.length > 1 ? [samples, allRows] : [allRows]);
    const rows = expectGroups('logProb', allRows, groups);
    const sums = samples * groups;
    const output = tape.output('logProb', [sums], into);
    tape.dispatch('log_prob', {
      bind: { probs, actions, y: output },
      params: { rows, k, groups, sums },
      threads: [sums],
    });
    return { output, saved: { rows, k, groups, samples } };
  },
  backward: perInput({
    probs(tape, { inputs: { probs, actions }, saved, gradOutput }, { grad, accumulate }) {
      tape.dispatch('log_prob_grad', {
        bind: { probs, actions, grad_y: gradOutput, grad_probs: grad },
        params: { ...saved, accumulate: Number(accumulate) },
        threads: [saved.groups * saved.rows * saved.k],
      });
    },
  }),
});
