// A tensor on its way through a network, with what is still to be applied to it: a batch norm, then a ReLU. Convolutions
// apply both on the load, so that what only convolutions read is never written out normalised.
import type { Tape } from '../core/tape.ts';
import type { Shape, Tensor } from '../core/tensor.ts';
import { add } from '../ops/elementwise/add.ts';
import { expectShape } from '../ops/shapes.ts';

export interface Value {
  readonly shape: Shape;
  /** May have a pending batch norm. */
  readonly x: Tensor;
  /** Whether a ReLU is still to be applied. */
  readonly relu: boolean;
  /** The tensor with everything applied; recorded once. */
  plain(tape: Tape): Tensor;
  /** The value with a ReLU behind it. */
  rectified(): Value;
}

/** Belongs to one recording, like the tensor. */
export function valueOf(x: Tensor, relu = false): Value {
  let plain = x.affine || relu ? null : x;
  const value: Value = {
    ...{ shape: x.shape, x, relu },
    plain: (tape) => (plain ??= tape.apply(add, { a: x, b: null }, { relu })),
    rectified: () => (relu ? value : valueOf(x, true)),
  };
  return value;
}

/**
 * The sum of two tensors, which may have batch norms pending. It is recorded when somebody reads it: a ReLU that comes
 * first is then part of it. Throws ShapeError where their shapes differ.
 */
export function sumOf(tape: Tape, a: Tensor, b: Tensor): Value {
  expectShape('add', 'b', b, a.shape);
  let sum: Tensor | null = null;
  const read = (): Tensor => (sum ??= tape.apply(add, { a, b }));
  return {
    shape: a.shape,
    get x() {
      return read();
    },
    relu: false,
    plain: read,
    rectified: () => (sum ? valueOf(sum, true) : valueOf(tape.apply(add, { a, b }, { relu: true }))),
  };
}
