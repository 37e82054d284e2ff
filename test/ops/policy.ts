import { entropy } from '../../src/ops/entropy.ts';
import { logProb } from '../../src/ops/log_prob.ts';
import { sliceRows } from '../../src/ops/slice_rows.ts';
import { softmax } from '../../src/ops/softmax.ts';
import { createRng } from '../../src/rng.ts';
import { between, opTable } from '../support/op_harness.ts';

/** Rows of positive numbers that add up to 1; the first row is nearly certain. */
function distributions(rows: number, k: number): number[] {
  const rng = createRng(1000 * rows + k, 0);
  return Array.from({ length: rows }, (_, r) => {
    const parts = Array.from({ length: k }, (_, j) => (r === 0 && j > 0 ? 1e-4 : rng.uniform() + 0.05));
    const total = parts.reduce((sum, p) => sum + p, 0);
    return parts.map((p) => Math.fround(p / total));
  }).flat();
}

const sizes: readonly [rows: number, k: number][] = [
  [8, 3],
  [1, 1],
  [20, 3],
  [70, 7],
];

export const softmaxTable = opTable(softmax, {
  reference: ({ x }) => {
    const [rows, k] = x.shape as [number, number];
    return Array.from({ length: rows }, (_, r) => {
      const row = [...x.data.subarray(r * k, (r + 1) * k)];
      const powers = row.map((v) => Math.exp(v - Math.max(...row)));
      const total = powers.reduce((sum, e) => sum + e, 0);
      return powers.map((e) => e / total);
    }).flat();
  },
  cases: [1, 20].flatMap((scale) =>
    sizes.map(([rows, k]) => ({
      name: `(${rows},${k}) scale ${scale}`,
      inputs: { x: { shape: [rows, k], scale } },
      attrs: {},
    })),
  ),
  generate: (rng) => ({
    inputs: { x: { shape: [between(rng, 1, 80), between(rng, 1, 12)], scale: between(rng, 1, 8) } },
    attrs: {},
  }),
});

export const logProbTable = opTable(logProb, {
  reference: ({ probs, actions }) => {
    const k = probs.shape[1]!;
    let sum = 0;
    actions.data.forEach((action, r) => (sum += Math.log(probs.data[r * k + action]! + 1e-5)));
    return [sum];
  },
  step: 1e-7,
  cases: sizes.map(([rows, k]) => ({
    name: `(${rows},${k})`,
    inputs: {
      probs: { shape: [rows, k], values: distributions(rows, k) },
      actions: { shape: [rows], dtype: 'i32', below: k },
    },
    attrs: {},
  })),
  generate: (rng) => {
    const [rows, k] = [between(rng, 1, 30), between(rng, 2, 9)];
    return {
      inputs: {
        probs: { shape: [rows, k], values: distributions(rows, k) },
        actions: { shape: [rows], dtype: 'i32', below: k },
      },
      attrs: {},
    };
  },
});

export const entropyTable = opTable(entropy, {
  reference: ({ probs }) => {
    let sum = 0;
    for (const p of probs.data) sum -= (p + 1e-5) * Math.log(p + 1e-5);
    return [sum];
  },
  step: 1e-7,
  cases: sizes
    .filter(([, k]) => k > 1)
    .map(([rows, k]) => ({
      name: `(${rows},${k})`,
      inputs: { probs: { shape: [rows, k], values: distributions(rows, k) } },
      attrs: {},
    })),
  generate: (rng) => {
    const [rows, k] = [between(rng, 1, 30), between(rng, 2, 9)];
    return { inputs: { probs: { shape: [rows, k], values: distributions(rows, k) } }, attrs: {} };
  },
});

const slices: readonly [rows: number, columns: number, begin: number][] = [
  [6, 100, 2],
  [3, 1, 0],
  [20, 13, 19],
];

export const sliceRowsTable = opTable(sliceRows, {
  reference: ({ x }, { begin }) => x.data.slice(begin * x.shape[1]!),
  cases: slices.map(([rows, columns, begin]) => ({
    name: `(${rows},${columns}) from row ${begin}`,
    inputs: { x: { shape: [rows, columns] } },
    attrs: { begin },
  })),
  generate: (rng) => {
    const rows = between(rng, 1, 20);
    return { inputs: { x: { shape: [rows, between(rng, 1, 30)] } }, attrs: { begin: rng.int(rows) } };
  },
});
