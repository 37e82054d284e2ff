import { concat } from '../../src/ops/elementwise/concat.ts';
import { between, type InputSpec, opTable, randomImages } from '../support/op_harness.ts';

const images = (channels: readonly number[], [n, h, w]: readonly [number, number, number]) =>
  Object.fromEntries(channels.map((c, k): [string, InputSpec] => [`x${k}`, { shape: [n, c, h, w] }]));

export const concatTable = opTable(concat, {
  reference: (inputs, { mask }) => {
    const parts = Object.keys(inputs).map((_, k) => inputs[`x${k}`]!);
    const n = parts[0]!.shape[0]!;
    const y: number[] = [];
    for (let i = 0; i < n; i++) {
      for (const [k, { data }] of parts.entries()) {
        const size = data.length / n;
        for (let j = 0; j < size; j++) y.push(mask?.[k] === false ? 0 : data[i * size + j]!);
      }
    }
    return y;
  },
  cases: [
    { name: 'four nodes', inputs: images([4, 4, 4, 4], [2, 4, 4]), attrs: {} },
    { name: 'one', inputs: images([3], [2, 2, 3]), attrs: {} },
    { name: 'odd sizes', inputs: images([1, 3, 2, 5, 1], [3, 5, 3]), attrs: {} },
    {
      name: 'two of four multiplied by 0',
      inputs: images([3, 3, 3, 3], [2, 3, 3]),
      attrs: { mask: [false, true, false, true] },
    },
    { name: 'more than one dispatch', inputs: images([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 1]), attrs: {} },
    { name: 'more than one workgroup', inputs: images([3, 1], [2, 17, 16]), attrs: {} },
  ],
  generate: (rng) => {
    const [n, , h, w] = randomImages(rng);
    const channels = Array.from({ length: between(rng, 1, 7) }, () => between(rng, 1, 9));
    return { inputs: images(channels, [n, h, w]), attrs: { mask: channels.map(() => rng.int(3) > 0) } };
  },
});
