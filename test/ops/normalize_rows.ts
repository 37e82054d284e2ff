import { normalizeRows } from '../../src/ops/norm/normalize_rows.ts';
import { between, opTable } from '../support/op_harness.ts';

export const normalizeRowsTable = opTable(normalizeRows, {
  reference({ x }) {
    const [rows, features] = x.shape as [number, number];
    return Array.from({ length: rows }, (_, r) => {
      const row = [...x.data.subarray(r * features, (r + 1) * features)];
      const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
      return row.map((v) => v / length);
    }).flat();
  },
  cases: [
    { name: '(3,5)', inputs: { x: { shape: [3, 5] } }, attrs: {} },
    { name: 'more than one workgroup', inputs: { x: { shape: [70, 2] } }, attrs: {} },
    { name: 'small numbers', inputs: { x: { shape: [4, 7], scale: 1e-2 } }, attrs: {} },
  ],
  generate: (rng) => ({ inputs: { x: { shape: [between(rng, 1, 80), between(rng, 2, 30)] } }, attrs: {} }),
});
