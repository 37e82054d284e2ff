// The column of the largest entry of every row, among some columns: what a decoder says greedily. It has no gradient.
import { ShapeError } from '../../../runtime/errors.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectIndices, expectShape, matrixShape } from '../shapes.ts';

/** Columns from `begin` to before `end`. */
export interface Columns {
  readonly begin: number;
  readonly end: number;
}

/** Records index[r], i32 (R): where x[r], (R,K), is largest among the columns; of equal ones the first. */
export function recordArgmaxRows(tape: Recorder, x: Tensor, { begin, end }: Columns, index: Tensor): void {
  const [rows, k] = matrixShape('argmaxRows', 'x', x);
  expectIndices('argmaxRows', 'index', index);
  expectShape('argmaxRows', 'index', index, [rows]);
  if (!(begin >= 0 && begin < end && end <= k)) {
    throw new ShapeError(`argmaxRows: got columns ${begin} to ${end}, expected at least one of ${k}`);
  }
  tape.dispatch('argmax_rows', { bind: { x, index }, params: { rows, k, begin, end }, threads: [rows] });
}
