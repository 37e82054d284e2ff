// Convolution of images, without bias. Over u = relu?(scale x + shift), the input as it is after a pending batch
// norm and an optional ReLU, and with zeros outside of it:
//   y[n,o,i,j]      = sum_{c,a,b} w[o,c,a,b] u[n, c, s i + d a - p, s j + d b - q]       (c in the group of o)
//   du[n,c,h,w]     = sum_{o,a,b} w[o,c,a,b] dy[n, o, (h + p - d a) / s, (w + q - d b) / s]   (where these are whole)
//   dw[o,c,a,b]     = sum_{n,i,j} dy[n,o,i,j] u[n, c, s i + d a - p, s j + d b - q]
// The gradient that x receives is du where ReLU let x pass: with respect to the normalised value, not the stored.
import { defineOp } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { recordConvBackward, recordConvForward } from './conv_choice.ts';
import { type Conv2dAttrs, convGeometry } from './conv_geometry.ts';

export type { Conv2dAttrs } from './conv_geometry.ts';

export type ConvInputs = { readonly x: Tensor; readonly weight: Tensor };

/** x (N,C,H,W), weight (O,C/groups,KH,KW) -> (N,O,OH,OW). */
export const conv2d = defineOp({
  name: 'conv2d',
  inputs: { x: { grad: true, pending: true, uncombined: true }, weight: { grad: true } },
  /** Saved: the shapes. */
  forward(tape: Recorder, { x, weight }: ConvInputs, attrs: Conv2dAttrs, into: Tensor | null) {
    const g = convGeometry(x, weight, attrs);
    const y = tape.output('conv2d', [g.batch, g.outChannels, g.outHeight, g.outWidth], into);
    const output = recordConvForward(tape, g, { x, weight, y }, into, attrs);
    return { output, saved: g };
  },
  backward: (tape, { inputs, saved, gradOutput }, targets) =>
    recordConvBackward(tape, saved, { ...inputs, gradOutput }, targets),
});
