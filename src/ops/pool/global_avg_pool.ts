// The mean of every plane: (N,C,H,W) -> (N,C).
//   y = sum x / HW          grad_x = grad_y / HW
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, type Tensor } from '../../core/tensor.ts';

export const globalAvgPool = defineOp({
  name: 'globalAvgPool',
  inputs: { x: { grad: true } },
  forward(tape: Recorder, { x }: { readonly x: Tensor }, _attrs: object, into: Tensor | null) {
    const [n, c, h, w] = imageShape('globalAvgPool', x);
    const output = tape.output('globalAvgPool', [n, c], into);
    const params = { planes: n * c, pixels: h * w };
    tape.dispatch('global_avg_pool', { bind: { x, y: output }, params, threads: [n * c] });
    return { output, saved: params };
  },
  backward: perInput({
    x(tape, { saved, gradOutput }, { grad, accumulate }) {
      tape.dispatch('global_avg_pool_grad', {
        bind: { grad_y: gradOutput, grad_x: grad },
        params: { ...saved, accumulate: Number(accumulate) },
        threads: [saved.planes],
      });
    },
  }),
});
