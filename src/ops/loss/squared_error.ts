// Mean squared error of x (N) against what was wanted, (N); a scalar (1).
//   loss = 1/N sum_i (x_i - wanted_i)^2        grad_x_i = 2/N grad_loss (x_i - wanted_i)
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectShape } from '../shapes.ts';

export type SquaredErrorInputs = {
  readonly x: Tensor;
  readonly wanted: Tensor;
};

export const squaredError = defineOp({
  name: 'squaredError',
  inputs: { x: { grad: true }, wanted: {} },
  forward(tape: Recorder, { x, wanted }: SquaredErrorInputs, _attrs: object, into: Tensor | null) {
    const n = x.shape[0]!;
    expectShape('squaredError', 'x', x, [n]);
    expectShape('squaredError', 'wanted', wanted, [n]);
    const loss = tape.output('squaredError', [1], into);
    tape.dispatch('squared_error', { bind: { x, wanted, loss }, params: { n }, threads: [1] });
    return { output: loss, saved: null };
  },
  backward: perInput({
    x(tape, { inputs: { x, wanted }, gradOutput }, { grad, accumulate }) {
      const n = x.shape[0]!;
      tape.dispatch('squared_error_grad', {
        bind: { x, wanted, grad_loss: gradOutput, grad_x: grad },
        params: { n, accumulate: Number(accumulate) },
        threads: [n],
      });
    },
  }),
});
