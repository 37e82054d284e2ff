// y = f(a + b), or f(a), where f is nothing, ReLU or ReLU6: the sum of a node's two edges. Either input may have a
// pending batch norm, which is applied here; the gradient of such an input is with respect to its normalised value.
//   grad_a = grad_b = grad_y, where y > 0 if relu, where 0 < y < 6 if relu6
import { type KernelForm, kernelForm } from '../../../runtime/engine/adapter_info.ts';
import { defineOp } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, type Tensor } from '../../core/tensor.ts';
import { expectShape } from '../shapes.ts';
import { unaryGrad } from './unary.ts';

export type AddInputs = {
  readonly a: Tensor;
  readonly b: Tensor | null;
};

export interface AddAttrs {
  readonly relu?: boolean;
  readonly relu6?: boolean;
}

/** Groups of 4 of an invocation; on software adapters its beginning costs more than a group. */
const STRIP: Readonly<Record<KernelForm, number>> = { registers: 16, tiled: 1 };

export const add = defineOp({
  name: 'add',
  inputs: { a: { grad: true, pending: true }, b: { grad: true, pending: true } },
  forward(
    tape: Recorder,
    { a, b }: AddInputs,
    { relu = false, relu6 = false }: AddAttrs,
    into: Tensor | null,
  ) {
    if (b) expectShape('add', 'b', b, a.shape);
    const y = tape.output('add', a.shape, into);
    const n = numel(a.shape);
    // Where no batch norm is pending, channels do not matter, and the tensor is one plane.
    const [, channels = 1, ...pixels] = a.affine || b?.affine ? a.shape : [1, 1, n];
    const plane = numel(pixels);
    const whole = plane % 4 === 0;
    const planeQuads = whole ? plane / 4 : Math.ceil(n / 4);
    const strip = whole ? Math.min(STRIP[kernelForm(tape.engine.kind)], planeQuads) : 1;
    const strips = Math.ceil(planeQuads / strip);
    tape.dispatch('add', {
      bind: { a, affine_of_a: a.affine ?? a, b: b ?? a, affine_of_b: b?.affine ?? a, y },
      params: {
        ...{ n, channels, plane, strip, strips },
        plane_quads: planeQuads,
        has_b: Number(b !== null),
        a_affine: Number(a.affine !== undefined),
        b_affine: Number(b?.affine !== undefined),
      },
      constants: {
        RELU: Number(relu),
        RELU6: Number(relu6),
        ONE_CHANNEL: Number(whole),
      },
      threads: [whole ? (n / plane) * strips : strips],
    });
    return { output: y, saved: null };
  },
  backward(tape, { attrs: { relu, relu6 }, output, gradOutput, pass }, targets) {
    if (!relu && !relu6) {
      pass('a');
      pass('b');
      return;
    }
    for (const name of ['a', 'b'] as const) {
      const target = targets[name];
      if (target) unaryGrad(tape, relu6 ? 'relu6' : 'relu', output, gradOutput, target);
    }
  },
});
