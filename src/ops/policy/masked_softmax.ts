// Softmax of every row of (R,K) over the entries that its mask (R,K) of i32, 0 or 1, allows; the others get 0. Every
// row must allow at least one.
//   y_j = m_j exp(x_j) / sum_k m_k exp(x_k)        grad_x_j = y_j (grad_y_j - sum_k y_k grad_y_k), 0 where m_j = 0
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectIndices, expectShape, matrixShape } from '../shapes.ts';
import { recordSoftmaxGrad } from './softmax.ts';

export type MaskedSoftmaxInputs = {
  readonly x: Tensor;
  readonly mask: Tensor;
};

export const maskedSoftmax = defineOp({
  name: 'maskedSoftmax',
  inputs: { x: { grad: true }, mask: {} },
  forward(tape: Recorder, { x, mask }: MaskedSoftmaxInputs, _attrs: object, into: Tensor | null) {
    const [rows, k] = matrixShape('maskedSoftmax', 'x', x);
    expectIndices('maskedSoftmax', 'mask', mask);
    expectShape('maskedSoftmax', 'mask', mask, [rows, k]);
    const output = tape.output('maskedSoftmax', [rows, k], into);
    tape.dispatch('masked_softmax', { bind: { x, mask, y: output }, params: { rows, k }, threads: [rows] });
    return { output, saved: null };
  },
  backward: perInput({
    // Softmax's own rule: y is 0 where the mask forbids, and so is the gradient.
    x: (tape, { output, gradOutput }, target) => recordSoftmaxGrad(tape, output, gradOutput, target),
  }),
});
