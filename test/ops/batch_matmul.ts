import type { BatchMatmulAttrs } from '../../src/ops/matmul/batch_matmul.ts';
import { batchMatmul } from '../../src/ops/matmul/batch_matmul.ts';
import { between, opTable } from '../support/op_harness.ts';

const caseOf = (count: number, m: number, n: number, k: number, transposed: boolean) => ({
  inputs: { a: { shape: [count, m, k] }, b: { shape: transposed ? [count, n, k] : [count, k, n] } },
  attrs: transposed ? { transposed } : {},
});

const SIZES: readonly (readonly [number, number, number, number])[] = [
  [1, 1, 1, 1],
  [3, 4, 5, 6],
  [7, 1, 9, 5],
  [2, 8, 1, 3],
];

export const batchMatmulTable = opTable(batchMatmul, {
  reference({ a, b }, { transposed = false }: BatchMatmulAttrs) {
    const [count, m, k] = a.shape as [number, number, number];
    const n = b.data.length / (count * k);
    return Array.from({ length: count * m * n }, (_, at) => {
      const column = at % n;
      const row = Math.floor(at / n) % m;
      const i = Math.floor(at / (n * m));
      return Array.from({ length: k }, (_unused, j) => {
        const right = transposed ? (i * n + column) * k + j : (i * k + j) * n + column;
        return a.data[(i * m + row) * k + j]! * b.data[right]!;
      }).reduce((sum, product) => sum + product, 0);
    });
  },
  cases: [false, true].flatMap((transposed) =>
    SIZES.map(([count, m, n, k]) => ({
      name: `${count} of (${m},${k}) and (${k},${n})${transposed ? ' transposed' : ''}`,
      ...caseOf(count, m, n, k, transposed),
    })),
  ),
  generate: (rng) =>
    caseOf(between(rng, 1, 9), between(rng, 1, 9), between(rng, 1, 9), between(rng, 1, 20), rng.int(2) === 1),
});
