// The matrix product as a building block of ops: C (+)= A B + bias, operands with any strides.
import { kernelForm } from '../../../runtime/engine/adapter_info.ts';
import type { GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';

/** A matrix in memory: element (i,j) lies at i*rowStride + j*columnStride. */
export interface MatrixView {
  readonly tensor: Tensor;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A row-major matrix. */
export function matrix(tensor: Tensor): MatrixView {
  const [rows, columns] = tensor.shape as [number, number];
  return { tensor, rows, columns, rowStride: columns, columnStride: 1 };
}

export const transpose = ({ tensor, rows, columns, rowStride, columnStride }: MatrixView): MatrixView => ({
  tensor,
  rows: columns,
  columns: rows,
  rowStride: columnStride,
  columnStride: rowStride,
});

/** Records C (+)= A B + bias; `bias` is added to every row. */
export function recordMatmul(
  tape: Recorder,
  a: MatrixView,
  b: MatrixView,
  { grad: c, accumulate }: GradTarget,
  options: { readonly bias?: Tensor | null; readonly countMadds?: boolean } = {},
): void {
  const { bias = null, countMadds = false } = options;
  const [m, n, k] = [a.rows, b.columns, a.columns];
  const tiled = kernelForm(tape.engine.kind) === 'tiled';
  tape.dispatch(tiled ? 'matmul_tiled' : 'matmul', {
    bind: { a: a.tensor, b: b.tensor, bias: bias ?? a.tensor, c },
    params: {
      m,
      n,
      k,
      a_m: a.rowStride,
      a_k: a.columnStride,
      b_k: b.rowStride,
      b_n: b.columnStride,
      has_bias: Number(bias !== null),
      accumulate: Number(accumulate),
    },
    threads: tiled ? [64 * Math.ceil(m / 32) * Math.ceil(n / 32)] : [Math.ceil(m / 8) * Math.ceil(n / 8)],
    ...(countMadds ? { madds: m * n * k, layer: 'linear' } : {}),
  });
}
