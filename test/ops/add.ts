import { add } from '../../src/ops/elementwise/add.ts';
import { opTable, randomImages } from '../support/op_harness.ts';

export const addTable = opTable(add, {
  reference: ({ a, b }, { relu, relu6 }) =>
    a.data.map((v, i) => {
      const sum = v + (b ? b.data[i]! : 0);
      return relu || relu6 ? Math.min(Math.max(sum, 0), relu6 ? 6 : Infinity) : sum;
    }),
  cases: [
    { name: 'plain', inputs: { a: { shape: [2, 3, 4, 4] }, b: { shape: [2, 3, 4, 4] } }, attrs: {} },
    {
      name: 'both pending',
      inputs: { a: { shape: [2, 3, 4, 4], affine: true }, b: { shape: [2, 3, 4, 4], affine: true } },
      attrs: {},
    },
    {
      name: 'odd planes, left pending, relu',
      inputs: { a: { shape: [2, 5, 3, 7], affine: true }, b: { shape: [2, 5, 3, 7] } },
      attrs: { relu: true },
    },
    {
      name: '1x1 images, right pending, relu',
      inputs: { a: { shape: [3, 5, 1, 1] }, b: { shape: [3, 5, 1, 1], affine: true } },
      attrs: { relu: true },
    },
    {
      name: 'one input, pending',
      inputs: { a: { shape: [1, 3, 5, 5], affine: true }, b: null },
      attrs: {},
    },
    { name: 'one input, relu', inputs: { a: { shape: [7], avoid: [0] }, b: null }, attrs: { relu: true } },
    {
      name: 'left pending, relu6',
      inputs: { a: { shape: [2, 3, 5, 4], affine: true, scale: 6 }, b: { shape: [2, 3, 5, 4], scale: 3 } },
      attrs: { relu6: true },
    },
    {
      name: 'one input, pending, relu6',
      inputs: { a: { shape: [1, 3, 4, 4], affine: true, scale: 8 }, b: null },
      attrs: { relu6: true },
    },
    {
      name: 'strips of 16 and of 4 groups',
      inputs: { a: { shape: [2, 3, 4, 20] }, b: { shape: [2, 3, 4, 20], affine: true } },
      attrs: {},
    },
    {
      name: 'many groups',
      inputs: { a: { shape: [2, 3, 64, 64], affine: true }, b: { shape: [2, 3, 64, 64], affine: true } },
      attrs: {},
    },
  ],
  generate: (rng) => {
    const shape = randomImages(rng);
    return {
      inputs: {
        a: { shape, affine: rng.int(2) === 1 },
        b: rng.int(4) > 0 ? { shape, affine: rng.int(2) === 1 } : null,
      },
      attrs: { relu: rng.int(2) === 1 },
    };
  },
});
