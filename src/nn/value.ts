// A tensor on its way through a network, with what is still to be applied to it: a batch norm, then a ReLU. Convolutions
// apply both on the load, so that what only convolutions read is never written out normalised.
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { add } from '../ops/elementwise/add.ts';

export interface Value {
  /** May have a pending batch norm. */
  readonly x: Tensor;
  /** Whether a ReLU is still to be applied. */
  readonly relu: boolean;
  /** The tensor with everything applied; recorded once. */
  plain(tape: Tape): Tensor;
}

/** Belongs to one recording, like the tensor. */
export function valueOf(x: Tensor, relu = false): Value {
  let plain = x.affine || relu ? null : x;
  return { x, relu, plain: (tape) => (plain ??= tape.apply(add, { a: x, b: null }, { relu })) };
}
