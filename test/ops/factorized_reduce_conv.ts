import { factorizedReduceConv } from '../../src/ops/conv/factorized_reduce_conv.ts';
import { between, opTable, randomImages, type Values } from '../support/op_harness.ts';

/** Pixel (row, column) after ReLU; zero outside the image. */
function pixel(x: Values, n: number, c: number, row: number, column: number, relu: boolean): number {
  const [, channels, h, w] = x.shape as [number, number, number, number];
  if (row < 0 || row >= h || column < 0 || column >= w) return 0;
  const v = x.data[((n * channels + c) * h + row) * w + column]!;
  return relu ? Math.max(v, 0) : v;
}

export const factorizedReduceConvTable = opTable(factorizedReduceConv, {
  reference({ x, weight }, { relu = false }) {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const o = weight.shape[0]!;
    const y: number[] = [];
    for (let image = 0; image < n; image++) {
      for (let out = 0; out < o; out++) {
        const second = out >= o / 2 ? 1 : 0;
        for (let i = 0; i < Math.ceil(h / 2); i++) {
          for (let j = 0; j < Math.ceil(w / 2); j++) {
            const [row, column] = [2 * i - (h % 2) + second, 2 * j - (w % 2) + second];
            let sum = 0;
            for (let k = 0; k < c; k++)
              sum += weight.data[out * c + k]! * pixel(x, image, k, row, column, relu);
            y.push(sum);
          }
        }
      }
    }
    return y;
  },
  cases: [
    { name: 'even sizes', inputs: { x: { shape: [2, 6, 8, 8] }, weight: { shape: [6, 6] } }, attrs: {} },
    { name: 'odd sizes', inputs: { x: { shape: [2, 6, 7, 7] }, weight: { shape: [8, 6] } }, attrs: {} },
    {
      name: 'odd height, even width, relu, pending',
      inputs: { x: { shape: [1, 5, 7, 10], avoid: [0], affine: true }, weight: { shape: [10, 5] } },
      attrs: { relu: true },
    },
    {
      name: 'even height, odd width, relu',
      inputs: { x: { shape: [3, 3, 6, 5], avoid: [0] }, weight: { shape: [2, 3] } },
      attrs: { relu: true },
    },
    { name: '1x1 images', inputs: { x: { shape: [2, 3, 1, 1] }, weight: { shape: [4, 3] } }, attrs: {} },
    {
      name: '2x2 images, one channel, pending',
      inputs: { x: { shape: [1, 1, 2, 2], affine: true }, weight: { shape: [2, 1] } },
      attrs: {},
    },
    {
      name: 'rows of one vec4, three of them, relu, pending',
      inputs: { x: { shape: [2, 6, 6, 8], avoid: [0], affine: true }, weight: { shape: [14, 6] } },
      attrs: { relu: true },
    },
    {
      name: 'many channels, relu, pending',
      inputs: { x: { shape: [2, 20, 16, 16], avoid: [0], affine: true }, weight: { shape: [40, 20] } },
      attrs: { relu: true },
    },
  ],
  generate: (rng) => {
    const shape = randomImages(rng);
    const weight = { shape: [2 * between(rng, 1, 5), shape[1]] };
    const x = { shape, avoid: [0], affine: rng.int(2) === 1 };
    return { inputs: { x, weight }, attrs: { relu: rng.int(2) === 1 } };
  },
});
