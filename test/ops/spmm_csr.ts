import { spmmCsr } from '../../src/ops/matmul/spmm_csr.ts';
import { createRng } from '../../src/core/rng.ts';
import { between, type InputSpec, opTable } from '../support/op_harness.ts';

interface Entry {
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** Random places, some of them twice; some rows and columns stay empty. */
function randomEntries(rows: number, columns: number, count: number): Entry[] {
  const rng = createRng(rows * 100 + columns, 0);
  const entries = Array.from({ length: count }, () => ({
    row: rng.int(rows),
    column: rng.int(columns),
    value: Math.fround(rng.uniform() * 4 - 2),
  }));
  return [...entries, { ...entries[0]!, value: 0.5 }];
}

function compressed(
  entries: readonly Entry[],
  line: 'row' | 'column',
  other: 'row' | 'column',
  lines: number,
) {
  const sorted = entries.toSorted((a, b) => a[line] - b[line]);
  const vector = (values: readonly number[], dtype: 'i32' | 'f32'): InputSpec => ({
    shape: [values.length],
    dtype,
    values,
  });
  const pointers = Array.from({ length: lines + 1 }, (_, l) => entries.filter((e) => e[line] < l).length);
  return {
    values: vector(
      sorted.map((e) => e.value),
      'f32',
    ),
    pointers: vector(pointers, 'i32'),
    columns: vector(
      sorted.map((e) => e[other]),
      'i32',
    ),
  };
}

const sizes: readonly [rows: number, columns: number, count: number, features: number, bias: boolean][] = [
  [6, 6, 8, 5, true],
  [12, 12, 16, 100, true],
  [3, 7, 1, 1, false],
  [70, 4, 90, 3, false],
];

function sparseInputs(rows: number, columns: number, count: number, features: number, bias: boolean) {
  const entries = randomEntries(rows, columns, count);
  const a = compressed(entries, 'row', 'column', rows);
  const transposed = compressed(entries, 'column', 'row', columns);
  return {
    values: a.values,
    rowPointers: a.pointers,
    columns: a.columns,
    transposedValues: transposed.values,
    transposedPointers: transposed.pointers,
    transposedColumns: transposed.columns,
    x: { shape: [columns, features] },
    bias: bias ? { shape: [features] } : null,
  };
}

export const spmmCsrTable = opTable(spmmCsr, {
  reference: ({ values, rowPointers, columns, x, bias }) => {
    const features = x.shape[1]!;
    const rows = rowPointers.shape[0]! - 1;
    const y = new Float64Array(rows * features);
    for (let r = 0; r < rows; r++) {
      for (let f = 0; f < features; f++) {
        let sum = bias ? bias.data[f]! : 0;
        for (let e = rowPointers.data[r]!; e < rowPointers.data[r + 1]!; e++) {
          sum += values.data[e]! * x.data[columns.data[e]! * features + f]!;
        }
        y[r * features + f] = sum;
      }
    }
    return y;
  },
  cases: sizes.map(([rows, columns, count, features, bias]) => ({
    name: `(${rows},${columns}) with ${count + 1} entries, ${features} features`,
    inputs: sparseInputs(rows, columns, count, features, bias),
    attrs: {},
  })),
  generate: (rng) => {
    const [rows, columns] = [between(rng, 1, 14), between(rng, 1, 14)];
    const inputs = sparseInputs(rows, columns, between(rng, 1, 30), between(rng, 1, 20), rng.int(2) === 1);
    return { inputs, attrs: {} };
  },
});
