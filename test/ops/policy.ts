import { entropy, type EntropyAttrs } from '../../src/ops/policy/entropy.ts';
import { logProb, type LogProbAttrs } from '../../src/ops/policy/log_prob.ts';
import { sliceRows } from '../../src/ops/elementwise/slice_rows.ts';
import { softmax } from '../../src/ops/policy/softmax.ts';
import { createRng } from '../../src/core/rng.ts';
import { between, joinTables, opTable, type Values } from '../support/op_harness.ts';

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

/** 0 and 1 at random, at least one 1 in every row; the first row allows its last entry only. */
function masks(rows: number, k: number): number[] {
  const rng = createRng(rows + 1000 * k, 1);
  return Array.from({ length: rows }, (_, r) => {
    const kept = r === 0 ? k - 1 : rng.int(k);
    return Array.from({ length: k }, (_, j) => (j === kept || (r > 0 && rng.int(2) === 1) ? 1 : 0));
  }).flat();
}

/** The same for both tables: a row's softmax over the entries that its mask allows. */
const softmaxReference = ({ x, mask }: { readonly x: Values; readonly mask: Values | null }): number[] => {
  const [rows, k] = x.shape as [number, number];
  return Array.from({ length: rows }, (_, r) => {
    const allowed = mask?.data.subarray(r * k, (r + 1) * k);
    const row = [...x.data.subarray(r * k, (r + 1) * k)].map((v, j) => (allowed?.[j] === 0 ? -Infinity : v));
    const powers = row.map((v) => Math.exp(v - Math.max(...row)));
    const total = powers.reduce((sum, e) => sum + e, 0);
    return powers.map((e) => e / total);
  }).flat();
};

const softmaxCase = (rows: number, k: number, scale: number, withMask: boolean) => ({
  inputs: {
    x: { shape: [rows, k], scale },
    mask: withMask ? { shape: [rows, k], dtype: 'i32' as const, values: masks(rows, k) } : null,
  },
  attrs: {},
});

const softmaxCases = (withMask: boolean) =>
  [1, 20].flatMap((scale) =>
    sizes.map(([rows, k]) => ({
      name: `(${rows},${k}) scale ${scale}`,
      ...softmaxCase(rows, k, scale, withMask),
    })),
  );

export const softmaxTable = joinTables(
  opTable(softmax, {
    reference: softmaxReference,
    cases: softmaxCases(false),
    generate: (rng) => softmaxCase(between(rng, 1, 80), between(rng, 1, 12), between(rng, 1, 8), false),
  }),
  opTable(softmax, {
    reference: softmaxReference,
    seedName: 'maskedSoftmax',
    cases: softmaxCases(true),
    generate: (rng) => softmaxCase(between(rng, 1, 80), between(rng, 1, 14), between(rng, 1, 8), true),
  }),
);

const samplesOfGroups: readonly [samples: number, groups: number, rows: number, k: number][] = [
  [3, 1, 8, 3],
  [1, 4, 5, 3],
  [9, 8, 6, 7],
];

export const logProbTable = opTable(logProb, {
  reference: ({ probs, actions }, { groups = 1 }: LogProbAttrs) => {
    const [rows, k] = probs.shape as [number, number];
    const sums = Array.from({ length: (actions.data.length / rows) * groups }, () => 0);
    actions.data.forEach((action, i) => {
      sums[Math.floor(i / (rows / groups))]! += Math.log(probs.data[(i % rows) * k + action]! + 1e-5);
    });
    return sums;
  },
  step: 1e-7,
  cases: [
    ...sizes.map(([rows, k]) => ({
      name: `(${rows},${k})`,
      inputs: {
        probs: { shape: [rows, k], values: distributions(rows, k) },
        actions: { shape: [rows], dtype: 'i32' as const, below: k },
      },
      attrs: {},
    })),
    ...samplesOfGroups.map(([samples, groups, rows, k]) => ({
      name: `${samples} samples of ${groups} groups of (${rows},${k})`,
      inputs: {
        probs: { shape: [groups * rows, k], values: distributions(groups * rows, k) },
        actions: { shape: [samples, groups * rows], dtype: 'i32' as const, below: k },
      },
      attrs: { groups },
    })),
  ],
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

const entropyInputs = (rows: number, k: number, withMask: boolean) => ({
  probs: { shape: [rows, k], values: distributions(rows, k) },
  mask: withMask ? { shape: [rows, k], dtype: 'i32' as const, values: masks(rows, k) } : null,
});

export const entropyTable = opTable(entropy, {
  reference: ({ probs, mask }, { groups = 1 }: EntropyAttrs) => {
    const sums = Array.from({ length: groups }, () => 0);
    probs.data.forEach((p, i) => {
      const group = Math.floor((i * groups) / probs.data.length);
      if (mask?.data[i] !== 0) sums[group]! -= (p + 1e-5) * Math.log(p + 1e-5);
    });
    return sums;
  },
  step: 1e-7,
  cases: [false, true].flatMap((withMask) => [
    ...sizes
      .filter(([, k]) => k > 1)
      .map(([rows, k]) => ({
        name: `(${rows},${k})${withMask ? ' masked' : ''}`,
        inputs: entropyInputs(rows, k, withMask),
        attrs: {},
      })),
    {
      name: `70 groups of (4,3)${withMask ? ' masked' : ''}`,
      inputs: entropyInputs(280, 3, withMask),
      attrs: { groups: 70 },
    },
  ]),
  generate: (rng) => {
    const [rows, k] = [between(rng, 1, 30), between(rng, 2, 9)];
    return { inputs: entropyInputs(rows, k, rng.int(2) === 1), attrs: {} };
  },
});

const slices: readonly [rows: number, columns: number, begin: number, end: number | undefined][] = [
  [6, 100, 2, undefined],
  [3, 1, 0, undefined],
  [20, 13, 19, undefined],
  [16, 400, 7, 8],
  [5, 3, 0, 2],
];

export const sliceRowsTable = opTable(sliceRows, {
  reference: ({ x }, { begin, end }) => x.data.slice(begin * x.shape[1]!, (end ?? Infinity) * x.shape[1]!),
  cases: slices.map(([rows, columns, begin, end]) => ({
    name: `(${rows},${columns}) from row ${begin} to ${end ?? 'the last'}`,
    inputs: { x: { shape: [rows, columns] } },
    attrs: end === undefined ? { begin } : { begin, end },
  })),
  generate: (rng) => {
    const rows = between(rng, 1, 20);
    const begin = rng.int(rows);
    const attrs = rng.int(2) === 0 ? { begin } : { begin, end: between(rng, begin + 1, rows) };
    return { inputs: { x: { shape: [rows, between(rng, 1, 30)] } }, attrs };
  },
});
