// Elementwise functions of one tensor, as a table.
//   relu    y = max(x, 0)           grad_x = grad_y where y > 0
//   relu6   y = min(max(x, 0), 6)   grad_x = grad_y where 0 < y < 6
// The slope at a kink is 0.
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, type Tensor } from '../../core/tensor.ts';

/** Values of OP in unary.wgsl and unary_grad.wgsl. */
const FUNCTIONS = { relu: 0, relu6: 1 } as const;

const threads = (x: Tensor): number[] => [Math.ceil(numel(x.shape) / 4)];

/** Gradient of an elementwise function from its output. */
export function unaryGrad(
  tape: Recorder,
  name: keyof typeof FUNCTIONS,
  y: Tensor,
  gradOutput: Tensor,
  { grad, accumulate }: GradTarget,
): void {
  tape.dispatch('unary_grad', {
    bind: { y, grad_y: gradOutput, grad_x: grad },
    params: { n: numel(y.shape), accumulate: Number(accumulate) },
    constants: { OP: FUNCTIONS[name] },
    threads: threads(y),
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
        constants: { OP: FUNCTIONS[name] },
        threads: threads(x),
      });
      return { output, saved: null };
    },
    backward: perInput({
      x: (tape, { output, gradOutput }, target) => unaryGrad(tape, name, output, gradOutput, target),
    }),
  });

export const relu = unaryOp('relu');
export const relu6 = unaryOp('relu6');

/** What the registry takes from here. */
export const unaryOps = { relu, relu6 } satisfies Record<keyof typeof FUNCTIONS, unknown>;
