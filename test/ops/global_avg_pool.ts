import { globalAvgPool } from '../../src/ops/pool/global_avg_pool.ts';
import { opTable, randomImages } from '../support/op_harness.ts';

export const globalAvgPoolTable = opTable(globalAvgPool, {
  reference: ({ x }) => {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    return Array.from({ length: n * c }, (_, plane) => {
      const pixels = x.data.subarray(plane * h * w, (plane + 1) * h * w);
      return pixels.reduce((sum, v) => sum + v, 0) / (h * w);
    });
  },
  cases: [
    [2, 3, 4, 4],
    [1, 1, 1, 1],
    [3, 25, 7, 5],
    [2, 70, 8, 8],
    [3, 1, 1, 3],
    [2, 3, 1, 1],
    [2, 3, 1, 2],
    [1, 5, 3, 2],
    [2, 2, 33, 1],
  ].map((shape) => ({ name: `${shape}`, inputs: { x: { shape } }, attrs: {} })),
  generate: (rng) => ({ inputs: { x: { shape: randomImages(rng) } }, attrs: {} }),
});
