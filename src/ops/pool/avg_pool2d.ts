// Average pooling of (N,C,H,W) over square windows; padding is not counted. A batch norm that is pending on x is
// applied to the mean, and the gradient is with respect to the normalised value.
//   y[o] = mean of the pixels of window o    grad_x[i] = sum of grad_y[o] / count(o) over the windows o that cover i
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type PoolAttrs, type PoolStrips, poolGeometry } from './pool_geometry.ts';

export const avgPool2d = defineOp({
  name: 'avgPool2d',
  inputs: { x: { grad: true, pending: true } },
  forward(tape: Recorder, { x }: { readonly x: Tensor }, attrs: PoolAttrs, into: Tensor | null) {
    const geometry = poolGeometry(tape, 'avgPool2d', x, attrs);
    const { quads, params, affineChannels, strips } = geometry;
    const output = tape.output('avgPool2d', geometry.outputShape, into);
    if (strips) recordStrips(tape, strips, 'forward', x, { grad: output, accumulate: false });
    else {
      tape.dispatch('avg_pool2d', {
        bind: { x, affine: x.affine ?? x, y: output },
        params: { ...params, quads, affine_channels: affineChannels },
        threads: geometry.forwardThreads,
      });
    }
    return { output, saved: geometry };
  },
  backward: perInput({
    x(tape, { saved, gradOutput }, target) {
      if (saved.strips) return recordStrips(tape, saved.strips, 'backward', gradOutput, target);
      tape.dispatch('avg_pool2d_grad', {
        bind: { grad_y: gradOutput, grad_x: target.grad },
        params: { ...saved.params, accumulate: Number(target.accumulate) },
        threads: saved.backwardThreads,
      });
    },
  }),
});

/** 3x3 windows; at stride 1 one kernel sums over a neighbourhood in both directions. */
function recordStrips(
  tape: Recorder,
  { stride, params: forward, threads }: PoolStrips,
  direction: 'forward' | 'backward',
  x: Tensor,
  { grad: y, accumulate }: GradTarget,
): void {
  const bind = { x, affine: x.affine ?? x, y };
  if (direction === 'forward') {
    const kernel = stride === 1 ? 'avg_pool2d_3x3' : 'avg_pool2d_3x3_stride2';
    return tape.dispatch(kernel, { bind, params: forward, threads });
  }
  if (stride === 1) {
    // the gradient is with respect to the normalised input
    const params = { ...forward, accumulate: Number(accumulate), backward: 1, affine_channels: 0 };
    return tape.dispatch('avg_pool2d_3x3', { bind, params, threads });
  }
  tape.dispatch('avg_pool2d_3x3_stride2_grad', {
    bind: { grad_y: x, grad_x: y },
    params: forward,
    constants: { ACCUMULATE: Number(accumulate) },
    threads,
  });
}
