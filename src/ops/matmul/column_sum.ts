// The gradient of a bias that was added to every row.
import type { GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';

/** Records grad (+)= the sum of the rows of x, (R,columns) -> (columns). */
export function recordColumnSum(tape: Recorder, x: Tensor, { grad, accumulate }: GradTarget): void {
  const [rows, columns] = x.shape as [number, number];
  tape.dispatch('column_sum', {
    bind: { x, y: grad },
    params: { rows, columns, accumulate: Number(accumulate) },
    threads: [columns],
  });
}
