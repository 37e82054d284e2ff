import { lstmHidden, lstmState } from '../../src/ops/policy/lstm_cell.ts';
import type { Rng } from '../../src/core/rng.ts';
import { between, opTable, type Values } from '../support/op_harness.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** A gate (0 i, 1 f, 2 g, 3 o) of every element of (N,H). */
const gate = ({ data }: Values, { shape }: Values, which: number): number[] => {
  const [n, hidden] = shape as [number, number];
  return Array.from({ length: n * hidden }, (_, i) => {
    const row = Math.floor(i / hidden);
    return data[(4 * row + which) * hidden + (i % hidden)]!;
  });
};

const cases = [
  [2, 5],
  [1, 1],
  [3, 64],
].map(([n, hidden]) => ({
  name: `(${n},${hidden})`,
  inputs: { gates: { shape: [n!, 4 * hidden!] }, c: { shape: [n!, hidden!] } },
  attrs: {},
}));

const generate = (rng: Rng): Omit<(typeof cases)[number], 'name'> => {
  const [n, hidden] = [between(rng, 1, 6), between(rng, 1, 40)];
  return { inputs: { gates: { shape: [n, 4 * hidden] }, c: { shape: [n, hidden] } }, attrs: {} };
};

export const lstmStateTable = opTable(lstmState, {
  reference: ({ gates, c }) => {
    const [input, forget, cell] = [0, 1, 2].map((which) => gate(gates, c, which)) as [
      number[],
      number[],
      number[],
    ];
    return c.data.map((v, i) => sigmoid(forget[i]!) * v + sigmoid(input[i]!) * Math.tanh(cell[i]!));
  },
  cases,
  generate,
});

export const lstmHiddenTable = opTable(lstmHidden, {
  reference: ({ gates, c }) => {
    const output = gate(gates, c, 3);
    return c.data.map((v, i) => sigmoid(output[i]!) * Math.tanh(v));
  },
  cases,
  generate,
});
