// The mean of every plane: (N,C,H,W) -> (N,C).
//   y = sum x / HW          grad_x = grad_y / HW
import { defineOp } from '../../core/op.ts';
import type { Tape } from '../../core/tape.ts';
import { imageShape, type Tensor } from '../../core/tensor.ts';
import { plainInput } from '../shapes.ts';

export const globalAvgPool = defineOp({
  name: 'globalAvgPool',
  forward(tape: Tape, { x }: { readonly x: Tensor }, _attrs: object) {
    plainInput('globalAvgPool', 'x', x);
    const [n, c, h, w] = imageShape('globalAvgPool', x);
    const output = tape.output('globalAvgPool', [n, c]);
    const params = { planes: n * c, pixels: h * w };
    tape.dispatch('global_avg_pool', { bind: { x, y: output }, params, threads: [n * c] });
    return { output, saved: params };
  },
  backward: {
    x(tape, { saved, gradOutput }, { grad, accumulate }) {
      tape.dispatch('global_avg_pool_grad', {
        bind: { grad_y: gradOutput, grad_x: grad },
        params: { ...saved, accumulate: Number(accumulate) },
        threads: [saved.planes],
      });
    },
  },
});
