// Convolution of images, without bias. Over u = relu?(scale x + shift), the input as it is after a pending batch
// norm and an optional ReLU, and with zeros outside of it:
//   y[n,o,i,j]      = sum_{c,a,b} w[o,c,a,b] u[n, c, s i + d a - p, s j + d b - q]       (c in the group of o)
//   du[n,c,h,w]     = sum_{o,a,b} w[o,c,a,b] dy[n, o, (h + p - d a) / s, (w + q - d b) / s]   (where these are whole)
//   dw[o,c,a,b]     = sum_{n,i,j} dy[n,o,i,j] u[n, c, s i + d a - p, s j + d b - q]
// The gradient that x receives is du where ReLU let x pass: with respect to the normalised value, not the stored.
import { defineOp } from '../../core/op.ts';
import type { Tensor } from '../../core/tensor.ts';
import { type ConvGradTargets, recordConvBackward, recordConvForward } from './conv_choice.ts';
import { type Conv2dAttrs, convGeometry, type ConvGeometry } from './conv_geometry.ts';
import { refineConv } from '../refine.ts';

export type { Conv2dAttrs } from './conv_geometry.ts';

type Inputs = { x: Tensor; weight: Tensor };

interface Saved {
  readonly g: ConvGeometry;
  readonly targets: ConvGradTargets;
}

/** x (N,C,H,W), weight (O,C/groups,KH,KW) -> (N,O,OH,OW). */
export const conv2d = defineOp<Inputs, 'x' | 'weight', Conv2dAttrs, Saved>({
  name: 'conv2d',
  forward(tape, { x, weight }, attrs) {
    const g = convGeometry(x, weight, attrs);
    const into = tape.output('conv2d', [g.batch, g.outChannels, g.outHeight, g.outWidth], true);
    const output = recordConvForward(tape, g, x, weight, into, attrs.normalised ?? false);
    return { output, saved: { g, targets: { x: null, weight: null } } };
  },
  refine: (tape, { inputs, saved, output }) => refineConv(tape, inputs, saved.g, output),
  backward: {
    x: (_tape, { saved }, target) => void (saved.targets.x = target),
    weight: (_tape, { saved }, target) => void (saved.targets.weight = target),
  },
  finish: (tape, { inputs, saved, gradOutput }) =>
    recordConvBackward(tape, saved.g, { ...inputs, gradOutput }, saved.targets),
});
