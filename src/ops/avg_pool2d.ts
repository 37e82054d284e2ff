// Average pooling of (N,C,H,W) over square windows; padding is not counted.
//   y[o] = mean of the pixels of window o    grad_x[i] = sum of grad_y[o] / count(o) over the windows o that cover i
import { defineOp } from '../op.ts';
import type { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { type PoolAttrs, poolGeometry } from './pool_geometry.ts';

export const avgPool2d = defineOp({
  name: 'avgPool2d',
  forward(tape: Tape, { x }: { readonly x: Tensor }, attrs: PoolAttrs) {
    const geometry = poolGeometry('avgPool2d', x, attrs);
    const output = tape.output('avgPool2d', geometry.outputShape);
    tape.dispatch('avg_pool2d', {
      bind: { x, y: output },
      params: { ...geometry.params, quads: geometry.quads },
      threads: geometry.forwardThreads,
    });
    return { output, saved: geometry };
  },
  backward: {
    x(tape, { saved, gradOutput }, { grad, accumulate }) {
      tape.dispatch('avg_pool2d_grad', {
        bind: { grad_y: gradOutput, grad_x: grad },
        params: { ...saved.params, accumulate: Number(accumulate) },
        threads: saved.backwardThreads,
      });
    },
  },
});
