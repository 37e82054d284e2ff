// A sparse matrix product on a random graph.
import { createRng, STREAM } from '../../src/core/rng.ts';
import { spmmCsr } from '../../src/ops/matmul/spmm_csr.ts';
import type { LayerCase } from './record_layer.ts';

export interface GraphCaseSize {
  readonly rows: number;
  /** Entries of every row, at random columns. */
  readonly perRow: number;
  readonly features: number;
}

/** A x for a square A. Its indices count neither as work nor as traffic that a gradient reads again. */
export function randomGraph(name: string, { rows, perRow, features }: GraphCaseSize): LayerCase {
  const rng = createRng(1, STREAM.init);
  const entries = Array.from({ length: rows * perRow }, (_, i) => ({
    row: Math.floor(i / perRow),
    column: rng.int(rows),
  }));
  const transposed = entries.toSorted((a, b) => a.column - b.column);
  const pointers = (key: 'row' | 'column', sorted: typeof entries): Int32Array<ArrayBuffer> => {
    const counts = new Int32Array(rows + 1);
    for (const entry of sorted) counts[entry[key] + 1]!++;
    for (let i = 0; i < rows; i++) counts[i + 1]! += counts[i]!;
    return counts;
  };
  const ones = new Float32Array(entries.length).fill(1);
  return {
    name,
    inputs: [[rows, features]],
    gradientsReadInputs: false,
    madds: entries.length * features,
    build(_, constant) {
      const index = (data: Int32Array<ArrayBuffer>) => constant([data.length], data);
      const matrix = {
        values: constant([entries.length], ones),
        rowPointers: index(pointers('row', entries)),
        columns: index(Int32Array.from(entries, ({ column }) => column)),
        transposedValues: constant([entries.length], ones),
        transposedPointers: index(pointers('column', transposed)),
        transposedColumns: index(Int32Array.from(transposed, ({ row }) => row)),
      };
      return (tape, [x]) => tape.apply(spmmCsr, { ...matrix, x: x!, bias: null });
    },
  };
}
