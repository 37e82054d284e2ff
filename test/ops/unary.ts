import { relu, relu6, type unaryOps } from '../../src/ops/elementwise/unary.ts';
import { type CheckedOp, opTable, randomImages } from '../support/op_harness.ts';

const shapes = [[2, 3, 4, 4], [1], [3, 5, 7], [4, 8, 33, 31]];

const reluTable = opTable(relu, {
  reference: ({ x }) => x.data.map((v) => Math.max(v, 0)),
  cases: shapes.map((shape) => ({ name: `${shape}`, inputs: { x: { shape, avoid: [0] } }, attrs: {} })),
  generate: (rng) => ({ inputs: { x: { shape: randomImages(rng), avoid: [0] } }, attrs: {} }),
});

const relu6Table = opTable(relu6, {
  reference: ({ x }) => x.data.map((v) => Math.min(Math.max(v, 0), 6)),
  cases: shapes.map((shape) => ({
    name: `${shape}`,
    inputs: { x: { shape, scale: 5, avoid: [0, 6] } },
    attrs: {},
  })),
  generate: (rng) => ({ inputs: { x: { shape: randomImages(rng), scale: 5, avoid: [0, 6] } }, attrs: {} }),
});

export const unaryTables = {
  relu6: relu6Table,
  relu: reluTable,
} satisfies Record<keyof typeof unaryOps, CheckedOp>;
