import { dropPath } from '../../src/ops/elementwise/drop_path.ts';
import { between, opTable, randomImages } from '../support/op_harness.ts';

const shapes: readonly [shape: readonly number[], affine: boolean][] = [
  [[4, 3, 4, 4], false],
  [[3, 5, 3, 3], true],
  [[5, 1, 1, 1], false],
  [[2, 20, 16, 16], true],
];

export const dropPathTable = opTable(dropPath, {
  reference: ({ x, factors }, { row }) => {
    const images = x.shape[0]!;
    const size = x.data.length / images;
    return x.data.map((v, i) => v * factors.data[row * images + Math.floor(i / size)]!);
  },
  cases: shapes.map(([shape, affine], row) => ({
    name: `${shape}${affine ? ', pending' : ''}, row ${row}`,
    inputs: {
      x: { shape, affine },
      factors: {
        shape: [5, shape[0]!],
        values: Array.from({ length: 5 * shape[0]! }, (_, i) => (i % 3 === 0 ? 0 : 1.25)),
      },
    },
    attrs: { row },
  })),
  generate: (rng) => {
    const shape = randomImages(rng);
    const rows = between(rng, 1, 4);
    return {
      inputs: { x: { shape, affine: rng.int(2) === 1 }, factors: { shape: [rows, shape[0]], below: 3 } },
      attrs: { row: rng.int(rows) },
    };
  },
});
