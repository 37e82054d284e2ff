import { linear } from '../../src/ops/matmul/linear.ts';
import { between, opTable } from '../support/op_harness.ts';

const sizes: readonly [n: number, k: number, m: number, bias: boolean][] = [
  [4, 8, 8, true],
  [1, 1, 1, true],
  [3, 5, 7, false],
  [5, 33, 10, true],
  [64, 20, 10, true],
  [6, 200, 101, false],
];

const layouts = ['out_in', 'in_out'] as const;

export const linearTable = opTable(linear, {
  reference: ({ x, weight, bias }, { weightLayout }) => {
    const [n, k] = x.shape as [number, number];
    const inOut = weightLayout === 'in_out';
    const m = weight.shape[inOut ? 1 : 0]!;
    return Array.from({ length: n * m }, (_, i) => {
      const [row, column] = [Math.floor(i / m), i % m];
      let sum = bias ? bias.data[column]! : 0;
      for (let j = 0; j < k; j++) {
        sum += x.data[row * k + j]! * weight.data[inOut ? j * m + column : column * k + j]!;
      }
      return sum;
    });
  },
  cases: layouts.flatMap((weightLayout) =>
    sizes.map(([n, k, m, bias]) => ({
      name: `(${n},${k}) -> (${n},${m})${bias ? '' : ' without bias'}, weight ${weightLayout}`,
      inputs: {
        x: { shape: [n, k] },
        weight: { shape: weightLayout === 'in_out' ? [k, m] : [m, k] },
        bias: bias ? { shape: [m] } : null,
      },
      attrs: { weightLayout },
    })),
  ),
  generate: (rng) => {
    const [n, k, m] = [between(rng, 1, 20), between(rng, 1, 40), between(rng, 1, 20)];
    const weightLayout = layouts[rng.int(2)]!;
    const inputs = {
      x: { shape: [n, k] },
      weight: { shape: weightLayout === 'in_out' ? [k, m] : [m, k] },
      bias: rng.int(2) === 1 ? { shape: [m] } : null,
    };
    return { inputs, attrs: { weightLayout } };
  },
});
