// y = f(a + b), or f(a), where f is nothing, ReLU or ReLU6: the sum of a node's two edges. Either input may have a
// pending batch norm, which is applied here; the gradient of such an input is with respect to its normalised value.
//   grad_a = grad_b = grad_y, where y > 0 if relu, where 0 < y < 6 if relu6
import { type KernelForm, kernelForm } from '../../../runtime/engine/adapter_info.ts';
import { type BackwardContext, defineOp, type GradTarget } from '../../core/op.ts';
import type { Tape } from '../../core/tape.ts';
import { numel, type Tensor } from '../../core/tensor.ts';
import { refineAdd } from '../refine.ts';
import { expectShape } from '../shapes.ts';
import { unaryGrad } from './unary.ts';

export interface AddInputs extends Record<string, Tensor | null> {
  readonly a: Tensor;
  readonly b: Tensor | null;
}

export interface AddAttrs {
  readonly relu?: boolean;
  readonly relu6?: boolean;
}

/** Groups of 4 of an invocation; on software adapters its beginning costs more than a group. */
const STRIP: Readonly<Record<KernelForm, number>> = { registers: 16, tiled: 1 };

/** A rule runs only behind a ReLU or ReLU6; without it the gradient is handed on. */
function maskedGrad(
  tape: Tape,
  { attrs, output, gradOutput }: BackwardContext<AddInputs, AddAttrs, null>,
  target: GradTarget,
): void {
  unaryGrad(tape, attrs.relu6 ? 'relu6' : 'relu', output, gradOutput, target);
}

export const add = defineOp({
  name: 'add',
  forward(tape: Tape, { a, b }: AddInputs, { relu = false, relu6 = false }: AddAttrs) {
    if (b) expectShape('add', 'b', b, a.shape);
    const y = tape.output('add', a.shape);
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
  refine: (tape, { inputs, attrs: { relu = false, relu6 = false }, output }) =>
    relu6 ? output : refineAdd(tape, inputs, relu, output),
  passes: ({ relu, relu6 }) => !relu && !relu6,
  backward: { a: maskedGrad, b: maskedGrad },
});
