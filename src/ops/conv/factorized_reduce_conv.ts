// The convolutions of a factorized reduce: the image halved by two 1x1 convolutions of stride 2, the second on the
// image shifted by one pixel in both directions, their outputs one after the other. An odd extent is first padded
// by one row or column of zeros at the top or left. No batch norm inside. Gradients as in conv2d.ts.
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, showShape, type Tensor } from '../../core/tensor.ts';
import type { ConvInputs } from './conv2d.ts';
import { recordConvBackward, recordConvForward } from './conv_choice.ts';
import type { ConvGeometry } from './conv_geometry.ts';

export interface FactorizedReduceAttrs {
  /** Apply ReLU to x on the load. */
  readonly relu?: boolean;
  /** A batch norm follows (Conv2dAttrs). */
  readonly normalised?: boolean;
}

/** x (N,C,H,W), weight (O,C), whose first half of the rows is the first convolution -> (N,O,ceil(H/2),ceil(W/2)). */
export const factorizedReduceConv = defineOp({
  name: 'factorizedReduceConv',
  inputs: { x: { grad: true, pending: true }, weight: { grad: true } },
  forward(
    tape: Recorder,
    { x, weight }: ConvInputs,
    { relu = false, normalised = false }: FactorizedReduceAttrs,
    into: Tensor | null,
  ) {
    const [batch, inChannels, height, width] = imageShape('factorizedReduceConv: x', x);
    const [outChannels = 0, weightIn] = weight.shape;
    if (weight.shape.length !== 2 || outChannels % 2 !== 0 || weightIn !== inChannels) {
      throw new ShapeError(
        `factorizedReduceConv: weight, got ${showShape(weight.shape)}, expected (O, ${inChannels}) with an even O ` +
          `(x ${showShape(x.shape)})`,
      );
    }
    const g: ConvGeometry = {
      ...{ batch, inChannels, height, width, outChannels },
      outHeight: Math.ceil(height / 2),
      outWidth: Math.ceil(width / 2),
      ...{ kernelH: 1, kernelW: 1, strideH: 2, strideW: 2, dilation: 1 },
      ...{ groups: 2, groupIn: inChannels, groupShift: 1 },
      padH: height % 2,
      padW: width % 2,
      relu,
    };
    const y = tape.output('factorized reduce', [batch, outChannels, g.outHeight, g.outWidth], into);
    return { output: recordConvForward(tape, g, { x, weight, y }, into, { normalised }), saved: g };
  },
  backward: (tape, { inputs, saved, gradOutput }, targets) =>
    recordConvBackward(tape, saved, { ...inputs, gradOutput }, targets),
});
