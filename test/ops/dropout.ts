import { dropout } from '../../src/ops/elementwise/dropout.ts';
import { philox4x32, seedKey } from '../../src/core/rng.ts';
import { opTable, randomImages } from '../support/op_harness.ts';

const step = (number: number) => ({ shape: [1], dtype: 'u32' as const, values: [number] });

export const dropoutTable = opTable(dropout, {
  reference: ({ x, step: number }, { probability, seed, stream }) => {
    const keep = 1 - probability;
    return x.data.map((v, i) => {
      const words = philox4x32([i >> 2, number.data[0]!, stream, 0], seedKey(seed));
      return (words[i % 4]! >>> 8) * 2 ** -24 < Math.fround(keep) ? v / keep : 0;
    });
  },
  cases: [
    ...[[2, 3, 4, 4], [1], [3, 5, 7], [40, 130]].map((shape, i) => ({
      name: `${shape}`,
      inputs: { x: { shape }, step: step(i) },
      attrs: { probability: 0.3, seed: 7, stream: 10 },
    })),
    {
      name: 'a seed of more than 32 bits',
      inputs: { x: { shape: [3, 7] }, step: step(2 ** 31) },
      attrs: { probability: 0.5, seed: 2 ** 40 + 3, stream: 266 },
    },
    {
      name: 'drops nothing',
      inputs: { x: { shape: [9] }, step: step(0) },
      attrs: { probability: 0, seed: 1, stream: 1 },
    },
  ],
  generate: (rng) => ({
    inputs: { x: { shape: randomImages(rng) }, step: step(rng.int(1000)) },
    attrs: { probability: rng.int(9) / 10, seed: rng.int(100), stream: rng.int(1000) },
  }),
});
