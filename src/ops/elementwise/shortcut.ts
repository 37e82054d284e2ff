// The identity shortcut between tensors of different shapes (He et al., "Deep residual learning", option A): no
// weights, no arithmetic. Every stride-th pixel is kept; missing channels are zeros, surplus ones are cut off.
//   y[n,o,i,j] = x[n,o,si,sj] for o < C, else 0
//   grad_x[n,c,si,sj] = grad_y[n,c,i,j] for c < O, all others 0
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, numel, type Tensor } from '../../core/tensor.ts';

export interface ShortcutAttrs {
  /** Channels of the result. */
  readonly channels: number;
  /** 1 unless given. */
  readonly stride?: number;
}

/** x (N,C,H,W) -> (N,channels,ceil(H/stride),ceil(W/stride)). */
export const shortcut = defineOp({
  name: 'shortcut',
  inputs: { x: { grad: true } },
  forward(
    tape: Recorder,
    { x }: { readonly x: Tensor },
    { channels: out_channels, stride = 1 }: ShortcutAttrs,
    into: Tensor | null,
  ) {
    const [batch, channels, h, w] = imageShape('shortcut', x);
    if (!(Number.isInteger(stride) && stride >= 1 && Number.isInteger(out_channels) && out_channels >= 1)) {
      throw new ShapeError(
        `shortcut: got ${out_channels} channels and stride ${stride}, expected integers of 1 or more`,
      );
    }
    const [oh, ow] = [Math.ceil(h / stride), Math.ceil(w / stride)];
    const y = tape.output('shortcut', [batch, out_channels, oh, ow], into);
    const params = { batch, channels, h, w, out_channels, oh, ow, stride };
    tape.dispatch('shortcut', { bind: { x, y }, params, threads: [numel(y.shape)] });
    return { output: y, saved: params };
  },
  backward: perInput({
    x(tape, { inputs, saved, gradOutput }, { grad, accumulate }) {
      tape.dispatch('shortcut_grad', {
        bind: { grad_y: gradOutput, grad_x: grad },
        params: { ...saved, accumulate: Number(accumulate) },
        threads: [numel(inputs.x.shape)],
      });
    },
  }),
});
