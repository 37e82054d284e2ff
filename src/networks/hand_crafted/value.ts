// Values with activations: a ReLU is left to whoever reads the result, a ReLU6 is applied at once.
import { add } from '../../ops/elementwise/add.ts';
import type { Tape } from '../../core/tape.ts';
import type { Shape, Tensor } from '../../core/tensor.ts';
import { type Value, valueOf } from '../../nn/value.ts';
import type { Activation } from './plan.ts';

/** The tensor with an activation after it. */
export function activated(tape: Tape, x: Tensor, activation: Activation | null): Value {
  if (activation !== 'relu6') return valueOf(x, activation === 'relu');
  return valueOf(tape.apply(add, { a: x, b: null }, { relu6: true }));
}

/** The sum of a node's edges with an activation after it; zeros of the given shape where no edge is left. */
export function summed(
  tape: Tape,
  terms: readonly Tensor[],
  activation: Activation | null,
  shape: Shape,
): Value {
  const [a, b] = terms;
  if (a && b) {
    const attrs = activation === null ? {} : { [activation]: true };
    return valueOf(tape.apply(add, { a, b }, attrs));
  }
  if (a) return activated(tape, a, activation);
  const zeros = tape.alloc('null node', shape);
  tape.clear(zeros);
  return valueOf(zeros);
}
