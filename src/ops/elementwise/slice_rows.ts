// The rows from `begin` to before `end`: x (R,F) -> (end - begin, F).
//   y[r] = x[r + begin]        grad_x[r] = grad_y[r - begin], or 0 for the rows that were dropped
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, type Tensor } from '../../core/tensor.ts';
import { matrixShape } from '../shapes.ts';

export interface SliceRowsAttrs {
  /** 0 unless given. */
  readonly begin?: number;
  /** All rows to the last where left out. */
  readonly end?: number;
}

function shiftedCopy(tape: Recorder, x: Tensor, shift: number, { grad: y, accumulate }: GradTarget): void {
  const n = numel(y.shape);
  tape.dispatch('shifted_copy', {
    bind: { x, y },
    params: { n, x_count: numel(x.shape), shift, accumulate: Number(accumulate) },
    threads: [n],
  });
}

export const sliceRows = defineOp({
  name: 'sliceRows',
  inputs: { x: { grad: true } },
  forward(
    tape: Recorder,
    { x }: { readonly x: Tensor },
    { begin = 0, end }: SliceRowsAttrs,
    into: Tensor | null,
  ) {
    const [rows, columns] = matrixShape('sliceRows', 'x', x);
    const last = end ?? rows;
    if (!(Number.isInteger(begin) && Number.isInteger(last) && begin >= 0 && begin < last && last <= rows)) {
      throw new ShapeError(`sliceRows: got rows ${begin} to ${last}, expected at least one of ${rows}`);
    }
    const output = tape.output('sliceRows', [last - begin, columns], into);
    shiftedCopy(tape, x, begin * columns, { grad: output, accumulate: false });
    return { output, saved: null };
  },
  backward: perInput({
    x(tape, { inputs: { x }, attrs: { begin = 0 }, gradOutput }, target) {
      shiftedCopy(tape, gradOutput, -begin * x.shape[1]!, target);
    },
  }),
});
