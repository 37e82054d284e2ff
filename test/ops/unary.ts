import { relu, relu6 } from '../../src/ops/elementwise/unary.ts';
import { opTable, randomImages } from '../support/op_harness.ts';

const shapes = [[2, 3, 4, 4], [1], [3, 5, 7], [4, 8, 33, 31]];

export const reluTable = opTable(relu, {
  reference: ({ x }) => x.data.map((v) => Math.max(v, 0)),
  cases: shapes.map((shape) => ({ name: `${shape}`, inputs: { x: { shape, avoid: [0] } }, attrs: {} })),
  generate: (rng) => ({ inputs: { x: { shape: randomImages(rng), avoid: [0] } }, attrs: {} }),
});

export const relu6Table = opTable(relu6, {
  reference: ({ x }) => x.data.map((v) => Math.min(Math.max(v, 0), 6)),
  cases: shapes.map((shape) => ({
    name: `${shape}`,
    inputs: { x: { shape, scale: 5, avoid: [0, 6] } },
    attrs: {},
  })),
  generate: (rng) => ({ inputs: { x: { shape: randomImages(rng), scale: 5, avoid: [0, 6] } }, attrs: {} }),
});
