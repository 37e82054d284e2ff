// Every row of (R,F) scaled to length 1.
//   y = x / |x|        grad_x = (grad_y - y (y . grad_y)) / |x|        |x| = sqrt(sum of squares + 1e-12)
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { matrixShape } from '../shapes.ts';

export const normalizeRows = defineOp({
  name: 'normalizeRows',
  inputs: { x: { grad: true } },
  forward(tape: Recorder, { x }: { readonly x: Tensor }, _attrs: object, into: Tensor | null) {
    const [rows, features] = matrixShape('normalizeRows', 'x', x);
    const y = tape.output('normalizeRows', [rows, features], into);
    tape.dispatch('normalize_rows', { bind: { x, y }, params: { rows, features }, threads: [rows] });
    return { output: y, saved: null };
  },
  backward: perInput({
    x(tape, { inputs: { x }, output: y, gradOutput }, { grad, accumulate }) {
      const [rows, features] = x.shape as [number, number];
      tape.dispatch('normalize_rows_grad', {
        bind: { x, y, grad_y: gradOutput, grad_x: grad },
        params: { rows, features, accumulate: Number(accumulate) },
        threads: [rows],
      });
    },
  }),
});
