// y = A x + bias with a sparse A of R rows and C columns, given in compressed rows twice: as it is, and transposed
// for the gradient. x (C,F), bias (F) or null -> (R,F). Entries of the same place add up.
//   grad_x = A^T grad_y          grad_bias = sum over rows of grad_y
import { defineOp, perInput, type GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { recordColumnSum } from './column_sum.ts';
import { expectShape, matrixShape } from '../shapes.ts';

/** A and its transpose; pointers have one element more than there are rows, and the last says how many entries. */
export type SpmmCsrInputs = {
  readonly values: Tensor;
  readonly rowPointers: Tensor;
  readonly columns: Tensor;
  /** The values again, in the order of the transposed entries. */
  readonly transposedValues: Tensor;
  readonly transposedPointers: Tensor;
  readonly transposedColumns: Tensor;
  readonly x: Tensor;
  readonly bias: Tensor | null;
};

interface Csr {
  readonly values: Tensor;
  readonly pointers: Tensor;
  readonly columns: Tensor;
}

const rowsOf = ({ pointers }: Csr): number => pointers.shape[0]! - 1;

function record(
  tape: Recorder,
  a: Csr,
  x: Tensor,
  bias: Tensor | null,
  { grad: y, accumulate }: GradTarget,
): void {
  const features = x.shape[1]!;
  tape.dispatch('spmm_csr', {
    bind: { values: a.values, row_pointers: a.pointers, columns: a.columns, x, bias: bias ?? x, y },
    params: { rows: rowsOf(a), features, has_bias: Number(bias !== null), accumulate: Number(accumulate) },
    threads: [rowsOf(a) * Math.ceil(features / 4)],
  });
}

export const spmmCsr = defineOp({
  name: 'spmmCsr',
  inputs: {
    values: {},
    rowPointers: { dtype: 'i32' },
    columns: { dtype: 'i32' },
    transposedValues: {},
    transposedPointers: { dtype: 'i32' },
    transposedColumns: { dtype: 'i32' },
    x: { grad: true },
    bias: { grad: true },
  },
  forward(tape: Recorder, inputs: SpmmCsrInputs, _attrs: object, into: Tensor | null) {
    const { values, rowPointers, columns, transposedPointers, x, bias } = inputs;
    const [rows, features] = matrixShape('spmmCsr', 'x', x);
    const entries = values.shape[0]!;
    for (const name of ['values', 'columns', 'transposedValues', 'transposedColumns'] as const) {
      expectShape('spmmCsr', name, inputs[name], [entries]);
    }
    expectShape('spmmCsr', 'rowPointers', rowPointers, [rowPointers.shape[0]!]);
    expectShape('spmmCsr', 'transposedPointers', transposedPointers, [rows + 1]);
    if (bias) expectShape('spmmCsr', 'bias', bias, [features]);
    const a = { values, pointers: rowPointers, columns };
    const y = tape.output('spmmCsr', [rowsOf(a), features], into);
    record(tape, a, x, bias, { grad: y, accumulate: false });
    return { output: y, saved: null };
  },
  backward: perInput({
    x(tape, { inputs, gradOutput }, target) {
      const { transposedValues: values, transposedPointers: pointers, transposedColumns: columns } = inputs;
      record(tape, { values, pointers, columns }, gradOutput, null, target);
    },
    bias: (tape, { gradOutput }, target) => recordColumnSum(tape, gradOutput, target),
  }),
});
