// Elementwise functions of one tensor, as a table.
//   relu    y = max(x, 0)           grad_x = grad_y where y > 0
//   relu6   y = min(max(x, 0), 6)   grad_x = grad_y where 0 < y < 6
//   gelu    y = x P(x)              grad_x = grad_y (P(x) + x p(x)),  P and p the normal distribution and its density
//   geluTanh  the same with P(x) = (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2 and its slope as p
// The slope at a kink is 0. GELU: Hendrycks and Gimpel, 2016; the two forms of torch.nn.GELU.
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, type Tensor } from '../../core/tensor.ts';

/** Values of OP in unary.wgsl and unary_grad.wgsl, and what the slope follows from. */
const FUNCTIONS = {
  relu: { op: 0, slopeOf: 'y' },
  relu6: { op: 1, slopeOf: 'y' },
  gelu: { op: 2, slopeOf: 'x' },
  geluTanh: { op: 3, slopeOf: 'x' },
} as const;

const threads = (x: Tensor): number[] => [Math.ceil(numel(x.shape) / 4)];

/** Gradient of an elementwise function. @param value its output, or its input for those whose slope follows from x */
export function unaryGrad(
  tape: Recorder,
  name: keyof typeof FUNCTIONS,
  value: Tensor,
  gradOutput: Tensor,
  { grad, accumulate }: GradTarget,
): void {
  tape.dispatch('unary_grad', {
    bind: { value, grad_y: gradOutput, grad_x: grad },
    params: { n: numel(value.shape), accumulate: Number(accumulate) },
    constants: { OP: FUNCTIONS[name].op },
    threads: threads(value),
  });
}

const unaryOp = (name: keyof typeof FUNCTIONS) =>
  defineOp({
    name,
    inputs: { x: { grad: true } },
    forward(tape: Recorder, { x }: { readonly x: Tensor }, _attrs: object, into: Tensor | null) {
      const output = tape.output(name, x.shape, into);
      tape.dispatch('unary', {
        bind: { x, y: output },
        params: { n: numel(x.shape) },
        constants: { OP: FUNCTIONS[name].op },
        threads: threads(x),
      });
      return { output, saved: null };
    },
    backward: perInput({
      x(tape, { inputs, output, gradOutput }, target) {
        const value = FUNCTIONS[name].slopeOf === 'x' ? inputs.x : output;
        unaryGrad(tape, name, value, gradOutput, target);
      },
    }),
  });

export const relu = unaryOp('relu');
export const relu6 = unaryOp('relu6');
export const gelu = unaryOp('gelu');
export const geluTanh = unaryOp('geluTanh');

/** What the registry takes from here. */
export const unaryOps = { relu, relu6, gelu, geluTanh } satisfies Record<keyof typeof FUNCTIONS, unknown>;
