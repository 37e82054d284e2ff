import { gelu, geluTanh, relu, relu6, type unaryOps } from '../../src/ops/elementwise/unary.ts';
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

/** The error function by its series near 0, by the continued fraction of 1 - erf(x) further out; to 1e-14. */
function erf(x: number): number {
  if (x < 0) return -erf(-x);
  if (x > 2) {
    let fraction = x;
    for (let n = 100; n > 0; n--) fraction = x + n / 2 / fraction;
    return 1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
  }
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** Formulas of torch.nn.GELU. */
const gelus = {
  gelu: (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x: number): number =>
    (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
};

const geluTableOf = (op: typeof gelu, f: (x: number) => number): CheckedOp =>
  opTable(op, {
    reference: ({ x }) => x.data.map(f),
    cases: [
      ...[[2, 3, 4, 4], [1], [300]].map((shape) => ({
        name: `${shape}`,
        inputs: { x: { shape } },
        attrs: {},
      })),
      { name: 'large numbers', inputs: { x: { shape: [3, 50], scale: 8 } }, attrs: {} },
      {
        name: 'out of the range of exp',
        inputs: { x: { shape: [4], values: [-300, -40, 40, 300] } },
        attrs: {},
      },
    ],
    generate: (rng) => ({ inputs: { x: { shape: randomImages(rng), scale: 2 } }, attrs: {} }),
  });

export const unaryTables = {
  gelu: geluTableOf(gelu, gelus.gelu),
  geluTanh: geluTableOf(geluTanh, gelus.geluTanh),
  relu6: relu6Table,
  relu: reluTable,
} satisfies Record<keyof typeof unaryOps, CheckedOp>;
