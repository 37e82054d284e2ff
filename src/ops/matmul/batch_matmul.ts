// Products of pairs of matrices: a (I,M,K), b (I,K,N) -> (I,M,N), c[i] = a[i] b[i]. With `transposed`, b is (I,N,K) and
// c[i] = a[i] b[i]^T.
//   grad_a = grad_c b^T, grad_b = a^T grad_c        transposed: grad_a = grad_c b, grad_b = grad_c^T a
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { showShape, type Tensor } from '../../core/tensor.ts';

export type BatchMatmulInputs = {
  readonly a: Tensor;
  readonly b: Tensor;
};

export interface BatchMatmulAttrs {
  readonly transposed?: boolean;
}

/** Matrices of a tensor (I,rows,columns), read as they are or transposed. */
interface Matrices {
  readonly tensor: Tensor;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

function matrices(input: string, tensor: Tensor): Matrices {
  const [count, rows, columns] = tensor.shape as [number, number, number];
  if (tensor.shape.length !== 3) {
    throw new ShapeError(
      `batchMatmul: got ${input} of shape ${showShape(tensor.shape)}, expected (matrices, rows, columns)`,
    );
  }
  return { tensor, count, rows, columns, rowStride: columns, columnStride: 1 };
}

const transpose = (m: Matrices): Matrices => ({
  ...m,
  rows: m.columns,
  columns: m.rows,
  rowStride: m.columnStride,
  columnStride: m.rowStride,
});

function record(tape: Recorder, a: Matrices, b: Matrices, { grad: c, accumulate }: GradTarget): void {
  const { count, rows: m, columns: k } = a;
  const n = b.columns;
  tape.dispatch('batch_matmul', {
    bind: { a: a.tensor, b: b.tensor, c },
    params: {
      ...{ count, m, n, k },
      ...{ a_i: m * k, a_m: a.rowStride, a_k: a.columnStride },
      ...{ b_i: k * n, b_k: b.rowStride, b_n: b.columnStride },
      accumulate: Number(accumulate),
    },
    threads: [count * m * n],
  });
}

/** b as (I,K,N), however it lies. */
const rightOf = (b: Tensor, { transposed = false }: BatchMatmulAttrs): Matrices =>
  transposed ? transpose(matrices('b', b)) : matrices('b', b);

export const batchMatmul = defineOp({
  name: 'batchMatmul',
  inputs: { a: { grad: true }, b: { grad: true } },
  forward(tape: Recorder, inputs: BatchMatmulInputs, attrs: BatchMatmulAttrs, into: Tensor | null) {
    const a = matrices('a', inputs.a);
    const b = rightOf(inputs.b, attrs);
    if (a.count !== b.count || a.columns !== b.rows) {
      throw new ShapeError(
        `batchMatmul: got a ${showShape(inputs.a.shape)} and b ${showShape(inputs.b.shape)}` +
          `${attrs.transposed ? ' transposed' : ''}, expected as many matrices and ${a.columns} rows`,
      );
    }
    const output = tape.output('batchMatmul', [a.count, a.rows, b.columns], into);
    record(tape, a, b, { grad: output, accumulate: false });
    return { output, saved: null };
  },
  backward: perInput({
    a(tape, { inputs, attrs, gradOutput }, target) {
      record(tape, matrices('gradient', gradOutput), transpose(rightOf(inputs.b, attrs)), target);
    },
    b(tape, { inputs, attrs, gradOutput }, target) {
      const [a, grad] = [matrices('a', inputs.a), matrices('gradient', gradOutput)];
      if (attrs.transposed) record(tape, transpose(grad), a, target);
      else record(tape, transpose(a), grad, target);
    },
  }),
});
