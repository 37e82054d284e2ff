// Softmax of every row of (R,K).
//   y_j = exp(x_j) / sum_k exp(x_k)        grad_x_j = y_j (grad_y_j - sum_k y_k grad_y_k)
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { matrixShape } from '../shapes.ts';

export const softmax = defineOp({
  name: 'softmax',
  inputs: { x: { grad: true } },
  forward(tape: Recorder, { x }: { readonly x: Tensor }, _attrs: object, into: Tensor | null) {
    const [rows, k] = matrixShape('softmax', 'x', x);
    const output = tape.output('softmax', [rows, k], into);
    tape.dispatch('softmax', { bind: { x, y: output }, params: { rows, k }, threads: [rows] });
    return { output, saved: null };
  },
  backward: perInput({
    x: (tape, { output, gradOutput }, target) => recordSoftmaxGrad(tape, output, gradOutput, target),
  }),
});

/** Records the gradient of a softmax from its output `y` alone. */
export function recordSoftmaxGrad(
  tape: Recorder,
  y: Tensor,
  gradOutput: Tensor,
  { grad, accumulate }: GradTarget,
): void {
  const [rows, k] = y.shape as [number, number];
  tape.dispatch('softmax_grad', {
    bind: { y, grad_y: gradOutput, grad_x: grad },
    params: { rows, k, accumulate: Number(accumulate) },
    threads: [rows],
  });
}
