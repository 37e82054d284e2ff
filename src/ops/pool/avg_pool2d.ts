// Average pooling of (N,C,H,W) over square windows; padding is not counted. A batch norm that is pending on x is
// applied to the mean, and the gradient is with respect to the normalised value.
//   y[o] = mean of the pixels of window o    grad_x[i] = sum of grad_y[o] / count(o) over the windows o that cover i
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { bindOptional } from '../optional_output.ts';
import { type PoolAttrs, poolGeometry } from './pool_geometry.ts';

export const avgPool2d = defineOp({
  name: 'avgPool2d',
  inputs: { x: { grad: true, pending: true } },
  forward(tape: Recorder, { x }: { readonly x: Tensor }, attrs: PoolAttrs, into: Tensor | null) {
    const geometry = poolGeometry(tape, 'avgPool2d', x, attrs);
    const { quads, params, affineChannels, strips } = geometry;
    const output = tape.output('avgPool2d', geometry.outputShape, into);
    const bind = { x, affine: x.affine ?? x, y: output };
    if (strips?.stride === 1) {
      tape.dispatch('avg_pool2d_3x3', { bind, params: strips.params, threads: strips.threads });
    } else {
      bindOptional(tape, null, (argmax) =>
        tape.dispatch(strips ? 'pool2d_3x3_stride2' : 'pool2d', {
          bind: { ...bind, argmax },
          params: strips?.params ?? { ...params, quads, wide: 0, affine_channels: affineChannels },
          constants: { MAX: 0 },
          threads: strips?.threads ?? geometry.forwardThreads,
        }),
      );
    }
    return { output, saved: geometry };
  },
  backward: perInput({
    x(tape, { saved: { strips, params, quads, backwardThreads }, gradOutput }, { grad, accumulate }) {
      if (strips?.stride === 1) {
        tape.dispatch('avg_pool2d_3x3', {
          bind: { x: gradOutput, affine: gradOutput, y: grad },
          // the gradient is with respect to the normalised input
          params: { ...strips.params, accumulate: Number(accumulate), backward: 1, affine_channels: 0 },
          threads: strips.threads,
        });
        return;
      }
      const bind = { grad_y: gradOutput, argmax: gradOutput, grad_x: grad };
      if (strips) {
        tape.dispatch('pool2d_3x3_stride2_grad', {
          bind,
          params: strips.params,
          constants: { MAX: 0, ACCUMULATE: Number(accumulate) },
          threads: strips.threads,
        });
        return;
      }
      tape.dispatch('pool2d_grad', {
        bind,
        params: { ...params, quads, wide: 0, accumulate: Number(accumulate) },
        constants: { MAX: 0 },
        threads: backwardThreads,
      });
    },
  }),
});
