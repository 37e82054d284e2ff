import { embedding } from '../../src/ops/policy/embedding.ts';
import { between, opTable } from '../support/op_harness.ts';

const sizes: readonly [entries: number, width: number, rows: number][] = [
  [9, 100, 8],
  [2, 6, 2],
  [3, 5, 70],
];

export const embeddingTable = opTable(embedding, {
  reference: ({ weight, index }) => {
    const width = weight.shape[1]!;
    return [...index.data].flatMap((row) => [...weight.data.subarray(row * width, (row + 1) * width)]);
  },
  cases: sizes.map(([entries, width, rows]) => ({
    name: `(${entries},${width}), ${rows} rows`,
    inputs: { weight: { shape: [entries, width] }, index: { shape: [rows], dtype: 'i32', below: entries } },
    attrs: {},
  })),
  generate: (rng) => {
    const [entries, width, rows] = [between(rng, 1, 12), between(rng, 1, 40), between(rng, 1, 40)];
    return {
      inputs: { weight: { shape: [entries, width] }, index: { shape: [rows], dtype: 'i32', below: entries } },
      attrs: {},
    };
  },
});
