import { batchNorm } from '../../src/ops/norm/batch_norm.ts';
import { type OpCase, opTable, randomImages, type Values } from '../support/op_harness.ts';

interface Moments {
  readonly mean: number[];
  readonly variance: number[];
  readonly count: number;
}

/** Mean and biased variance of every channel. */
function moments(x: Values): Moments {
  const channels = x.shape[1]!;
  const values: number[][] = Array.from({ length: channels }, () => []);
  x.data.forEach((v, i) => values[channelOf(x, i)]!.push(v));
  const count = values[0]!.length;
  const mean = values.map((list) => list.reduce((a, b) => a + b, 0) / count);
  const variance = values.map((list, c) => list.reduce((a, v) => a + (v - mean[c]!) ** 2, 0) / count);
  return { mean, variance, count };
}

const channelOf = (x: Values, i: number): number => Math.floor(i / (x.shape[2]! * x.shape[3]!)) % x.shape[1]!;

interface Sizes {
  readonly shape: readonly [number, number, number, number];
  readonly training?: boolean;
  readonly parameters?: boolean;
  readonly running?: boolean;
  readonly momentum?: number;
  readonly values?: readonly number[];
}

type Inputs = Parameters<typeof batchNorm.forward>[1];
type Attrs = Parameters<typeof batchNorm.forward>[2];

function bnCase(name: string, sizes: Sizes): OpCase<Inputs, Attrs> {
  const { shape, training = true, parameters = false, running = !training, momentum = 0.1, values } = sizes;
  const channel = [shape[1]];
  const variances = Array.from({ length: shape[1] }, (_, c) => 0.5 + 0.25 * c);
  return {
    name,
    inputs: {
      x: { shape, ...(values ? { values } : {}) },
      gamma: parameters ? { shape: channel } : null,
      beta: parameters ? { shape: channel } : null,
      runningMean: running ? { shape: channel } : null,
      runningVar: running ? { shape: channel, values: variances } : null,
    },
    attrs: { training, momentum },
  };
}

/** Values around 1000 with a deviation near 1: in f32, E[x^2] - E[x]^2 would be wrong by several percent. */
const farFromZero = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => Math.fround(1000 + ((i * i * 7 + i) % 29) / 8));

export const batchNormTable = opTable(batchNorm, {
  reference({ x, gamma, beta, runningMean, runningVar }, { training }) {
    const { mean, variance } =
      training !== false ? moments(x) : { mean: runningMean!.data, variance: runningVar!.data };
    return x.data.map((v, i) => {
      const c = channelOf(x, i);
      const normalised = (v - mean[c]!) / Math.sqrt(variance[c]! + 1e-5);
      return gamma ? gamma.data[c]! * normalised + beta!.data[c]! : normalised;
    });
  },
  sideEffects(
    { x, runningMean, runningVar },
    { training, momentum = 0.1 },
  ): Record<string, ArrayLike<number>> {
    if (training === false || !runningMean) return {};
    const { mean, variance, count } = moments(x);
    const unbiased = variance.map((v) => (v * count) / Math.max(count - 1, 1));
    return {
      runningMean: runningMean.data.map((m, c) => (1 - momentum) * m + momentum * mean[c]!),
      runningVar: runningVar!.data.map((v, c) => (1 - momentum) * v + momentum * unbiased[c]!),
    };
  },
  cases: [
    bnCase('plain', { shape: [4, 5, 6, 6] }),
    { ...bnCase('attributes left out', { shape: [4, 3, 5, 6], running: true, parameters: true }), attrs: {} },
    bnCase('parameters and running statistics', { shape: [4, 5, 6, 6], parameters: true, running: true }),
    bnCase('odd planes', { shape: [3, 7, 5, 3], parameters: true }),
    bnCase('one channel, one image', { shape: [1, 1, 4, 4], parameters: true }),
    bnCase('1x1 images, running statistics', { shape: [6, 3, 1, 1], running: true, momentum: 0.3 }),
    bnCase('more channels than a workgroup has lanes', { shape: [2, 67, 3, 2], running: true }),
    bnCase('several chunks', { shape: [3, 2, 40, 40], parameters: true, running: true }),
    bnCase('several chunks of odd planes', { shape: [5, 3, 19, 21], parameters: true }),
    bnCase('a chunk an image', { shape: [5, 2, 60, 56], parameters: true, running: true }),
    bnCase('several chunks an image', { shape: [3, 1, 72, 90], parameters: true }),
    bnCase('several images a chunk', { shape: [37, 2, 20, 24], running: true }),
    bnCase('two values per channel', { shape: [2, 3, 1, 1] }),
    bnCase('one value per channel', { shape: [1, 3, 1, 1], parameters: true, running: true }),
    {
      ...bnCase('mean far from zero', { shape: [3, 2, 24, 24], running: true, values: farFromZero(3456) }),
      // scale x + shift rounds at 1000 times the deviation
      tolerance: 3e-4,
    },
    bnCase('evaluation', { shape: [4, 5, 6, 6], training: false, parameters: true }),
    bnCase('evaluation, plain, odd planes', { shape: [2, 3, 5, 5], training: false }),
  ],
  generate: (rng) => {
    const [n, c, h, w] = randomImages(rng);
    // With two values or fewer a channel's variance is no stable function of them.
    const shape = [n + 2, c, h, w] as const;
    const [parameters, running, training] = [rng.int(2) === 1, rng.int(2) === 1, rng.int(3) > 0];
    return bnCase('', { shape, training, parameters, running: running || !training });
  },
});
