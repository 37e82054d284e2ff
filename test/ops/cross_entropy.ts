import { crossEntropy } from '../../src/ops/loss/cross_entropy.ts';
import { between, opTable } from '../support/op_harness.ts';

const sizes: readonly [n: number, k: number, labelSmoothing: number, scale: number][] = [
  [4, 10, 0, 1],
  [7, 10, 0.1, 2],
  [1, 1, 0.1, 1],
  [65, 3, 0.5, 1],
  [3, 100, 0.1, 30],
];

export const crossEntropyTable = opTable(crossEntropy, {
  reference: ({ logits, target }, { labelSmoothing: s = 0 }) => {
    const [n, k] = logits.shape as [number, number];
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const x = logits.data.subarray(i * k, (i + 1) * k);
      const max = Math.max(...x);
      const lse = max + Math.log(x.reduce((sum, v) => sum + Math.exp(v - max), 0));
      loss += (1 - s) * (lse - x[target.data[i]!]!);
      for (const v of x) loss += (s / k) * (lse - v);
    }
    return [loss / n];
  },
  cases: [
    {
      name: 'attributes left out',
      inputs: { logits: { shape: [5, 7] }, target: { shape: [5], dtype: 'i32', below: 7 } },
      attrs: {},
    },
    ...sizes.map(([n, k, labelSmoothing, scale]) => ({
      name: `(${n},${k}) smoothing ${labelSmoothing} scale ${scale}`,
      inputs: { logits: { shape: [n, k], scale }, target: { shape: [n], dtype: 'i32' as const, below: k } },
      attrs: { labelSmoothing },
    })),
  ],
  generate: (rng) => {
    const [n, k] = [between(rng, 1, 90), between(rng, 1, 30)];
    const logits = { shape: [n, k], scale: between(rng, 1, 10) };
    return {
      inputs: { logits, target: { shape: [n], dtype: 'i32', below: k } },
      attrs: { labelSmoothing: rng.int(4) / 10 },
    };
  },
});
