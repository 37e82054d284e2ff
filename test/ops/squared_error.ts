import { squaredError } from '../../src/ops/loss/squared_error.ts';
import { between, opTable } from '../support/op_harness.ts';

const caseOf = (n: number) => ({ inputs: { x: { shape: [n] }, wanted: { shape: [n] } }, attrs: {} });

export const squaredErrorTable = opTable(squaredError, {
  reference: ({ x, wanted }) => [
    x.data.reduce((sum, v, i) => sum + (v - wanted.data[i]!) ** 2, 0) / x.data.length,
  ],
  cases: [1, 5, 130].map((n) => ({ name: `(${n})`, ...caseOf(n) })),
  generate: (rng) => caseOf(between(rng, 1, 200)),
});
