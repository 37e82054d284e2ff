// Average pooling of (N,C,H,W) over square windows; padding is not counted. A batch norm that is pending on x is
// applied to the mean, and the gradient is with respect to the normalised value.
//   y[o] = mean of the pixels of window o    grad_x[i] = sum of grad_y[o] / count(o) over the windows o that cover i
import { defineOp, type GradTarget } from '../op.ts';
import type { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { type PoolAttrs, type PoolGeometry, poolGeometry } from './pool_geometry.ts';
import { refinePool } from './refine.ts';

export const avgPool2d = defineOp({
  name: 'avgPool2d',
  forward(tape: Tape, { x }: { readonly x: Tensor }, attrs: PoolAttrs) {
    const geometry = poolGeometry(tape, 'avgPool2d', x, attrs);
    const { quads, params, affineChannels } = geometry;
    const output = tape.output('avgPool2d', geometry.outputShape);
    if (geometry.small) recordSmall(tape, geometry, x, { grad: output, accumulate: false }, 'forward');
    else {
      tape.dispatch('avg_pool2d', {
        bind: { x, affine: x.affine ?? x, y: output },
        params: { ...params, quads, affine_channels: affineChannels },
        threads: geometry.forwardThreads,
      });
    }
    return { output, saved: geometry };
  },
  refine: (tape, { inputs, saved, output }) => refinePool(tape, 'average', inputs.x, saved, output),
  backward: {
    x(tape, { saved, gradOutput }, target) {
      if (saved.small) return recordSmall(tape, saved, gradOutput, target, 'backward');
      tape.dispatch('avg_pool2d_grad', {
        bind: { grad_y: gradOutput, grad_x: target.grad },
        params: { ...saved.params, accumulate: Number(target.accumulate) },
        threads: saved.backwardThreads,
      });
    },
  },
});

/** 3x3 windows at stride 1: sums over a neighbourhood in both directions. */
function recordSmall(
  tape: Tape,
  { strips: { params, threads } }: PoolGeometry,
  x: Tensor,
  { grad: y, accumulate }: GradTarget,
  direction: 'forward' | 'backward',
): void {
  tape.dispatch('avg_pool2d_3x3', {
    bind: { x, affine: x.affine ?? x, y },
    params: { ...params, accumulate: Number(accumulate) },
    constants: { BACKWARD: Number(direction === 'backward') },
    threads,
  });
}
