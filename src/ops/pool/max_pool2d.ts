// Max pooling of (N,C,H,W) over square windows; padding never wins, ties go to the first in row-major order. A batch
// norm that is pending on x is applied on the load, and the gradient is with respect to the normalised value.
//   y[o] = max over the window of o          grad_x[i] = sum of grad_y[o] over the windows o that i won
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type PoolAttrs, type PoolGeometry, poolGeometry } from './pool_geometry.ts';

export interface MaxPoolSaved {
  readonly geometry: PoolGeometry;
  /** The winners' places in their windows, packed. */
  readonly argmax: Tensor;
  readonly wide: number;
}

/** By the stride of the 3x3 windows that they are for; the first are for any windows. */
const FORWARD = [
  { kernel: 'pool2d', constants: { MAX: 1 } },
  { kernel: 'max_pool2d_3x3', constants: {} },
  { kernel: 'pool2d_3x3_stride2', constants: { MAX: 1 } },
] as const;

/** Largest kernel whose places fit 8 bits, and 16 bits. */
const NARROW = 16;
const WIDE = 256;

export const maxPool2d = defineOp({
  name: 'maxPool2d',
  inputs: { x: { grad: true, pending: true } },
  forward(tape: Recorder, { x }: { readonly x: Tensor }, attrs: PoolAttrs, into: Tensor | null) {
    const geometry = poolGeometry(tape, 'maxPool2d', x, attrs);
    const { params, quads, affineChannels, outputShape, strips } = geometry;
    if (attrs.kernel > WIDE)
      throw new ShapeError(`maxPool2d: got kernel ${attrs.kernel}, expected at most ${WIDE}`);
    const wide = attrs.kernel > NARROW ? 1 : 0;
    const words = [params.planes * params.oh * (strips?.columns ?? quads * (1 + wide))];
    const output = tape.output('maxPool2d', outputShape, into);
    const argmax = tape.training ? tape.alloc('argmax', words, 'u32') : tape.scratch('argmax', words, 'u32');
    const { kernel, constants } = FORWARD[strips?.stride ?? 0]!;
    tape.dispatch(kernel, {
      bind: { x, affine: x.affine ?? x, y: output, argmax },
      params: strips?.params ?? { ...params, quads, wide, affine_channels: affineChannels },
      constants,
      threads: strips?.threads ?? geometry.forwardThreads,
    });
    if (!tape.training) tape.release(argmax);
    const saved: MaxPoolSaved = { geometry, argmax, wide };
    return { output, saved };
  },
  backward: perInput({
    x(tape, { saved: { geometry, argmax, wide }, gradOutput }, target) {
      const { strips, params, quads } = geometry;
      const accumulate = Number(target.accumulate);
      const bind = { grad_y: gradOutput, argmax, grad_x: target.grad };
      if (!strips) {
        tape.dispatch('pool2d_grad', {
          bind,
          params: { ...params, quads, wide, accumulate },
          constants: { MAX: 1 },
          threads: geometry.backwardThreads,
        });
        return;
      }
      const [kernel, constants] =
        strips.stride === 1
          ? ['max_pool2d_3x3_grad', { ACCUMULATE: accumulate }]
          : ['pool2d_3x3_stride2_grad', { MAX: 1, ACCUMULATE: accumulate }];
      tape.dispatch(kernel, { bind, params: strips.params, constants, threads: strips.threads });
    },
  }),
});
