// Dropout (Srivastava et al., 2014): single values are dropped, the others scaled up.
//   y[i] = factor[i] x[i]        grad_x[i] = factor[i] grad_y[i],   factor[i] = 1/keep with probability keep, else 0
// The factors follow from the seed, the stream and the number of the step alone (src/core/rng.ts): they are drawn again
// in the backward pass instead of being kept.
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { seedKey } from '../../core/rng.ts';
import { numel, type Tensor } from '../../core/tensor.ts';
import { expectShape } from '../shapes.ts';

export type DropoutInputs = {
  readonly x: Tensor;
  /** (1), u32: the number of the step. */
  readonly step: Tensor;
};

export interface DropoutAttrs {
  /** Of dropping a value, less than 1. */
  readonly probability: number;
  /** An integer of 0 or more. */
  readonly seed: number;
  /** One that nothing else draws from. */
  readonly stream: number;
}

function drop(
  tape: Recorder,
  x: Tensor,
  { step }: DropoutInputs,
  { probability, seed, stream }: DropoutAttrs,
  { grad: y, accumulate }: GradTarget,
): void {
  const n = numel(x.shape);
  const [keyLow, keyHigh] = seedKey(seed);
  tape.dispatch('dropout', {
    bind: { step, x, y },
    params: {
      ...{ n, keep: 1 - probability, stream },
      ...{ key_low: keyLow, key_high: keyHigh, accumulate: Number(accumulate) },
    },
    threads: [Math.ceil(n / 4)],
  });
}

/** x of any shape -> the same. */
export const dropout = defineOp({
  name: 'dropout',
  inputs: { x: { grad: true }, step: { dtype: 'u32' } },
  forward(tape: Recorder, inputs: DropoutInputs, attrs: DropoutAttrs, into: Tensor | null) {
    const { x, step } = inputs;
    const { probability } = attrs;
    if (!(probability >= 0 && probability < 1)) {
      throw new ShapeError(`dropout: got probability ${probability}, expected 0 or more and less than 1`);
    }
    expectShape('dropout', 'step', step, [1]);
    const output = tape.output('dropout', x.shape, into);
    drop(tape, x, inputs, attrs, { grad: output, accumulate: false });
    return { output, saved: null };
  },
  backward: perInput({
    x: (tape, { inputs, attrs, gradOutput }, target) => drop(tape, gradOutput, inputs, attrs, target),
  }),
});
