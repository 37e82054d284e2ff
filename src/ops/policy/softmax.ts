// Softmax of every row of (R,K); with a mask (R,K) of i32, 0 or 1, over the entries that it allows, at least one in every
// row, and 0 elsewhere.
//   y_j = m_j exp(x_j) / sum_k m_k exp(x_k)        grad_x_j = y_j (grad_y_j - sum_k y_k grad_y_k), 0 where m_j = 0
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectShape, matrixShape } from '../shapes.ts';

export type SoftmaxInputs = {
  readonly x: Tensor;
  readonly mask: Tensor | null;
};

export const softmax = defineOp({
  name: 'softmax',
  inputs: { x: { grad: true }, mask: { dtype: 'i32' } },
  forward(tape: Recorder, { x, mask }: SoftmaxInputs, _attrs: object, into: Tensor | null) {
    const [rows, k] = matrixShape('softmax', 'x', x);
    if (mask) expectShape('softmax', 'mask', mask, [rows, k]);
    const output = tape.output('softmax', [rows, k], into);
    tape.dispatch('softmax', {
      bind: { x, mask: mask ?? x, y: output },
      params: { rows, k },
      constants: { MASKED: Number(mask !== null) },
      threads: [rows],
    });
    return { output, saved: { rows, k } };
  },
  backward: perInput({
    // with or without a mask: y is 0 where it forbids, and so is the gradient
    x(tape, { output, saved: { rows, k }, gradOutput }, { grad, accumulate }) {
      tape.dispatch('softmax_grad', {
        bind: { y: output, grad_y: gradOutput, grad_x: grad },
        params: { rows, k, accumulate: Number(accumulate) },
        threads: [rows],
      });
    },
  }),
});
