// The statistics by which rankings are compared, against plain ones over all pairs. Seeds: 5 (columns), 6 (bootstrap).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bootstrap } from '../src/benchmark/bootstrap.ts';
import { averageRanks, kendallTau, spearmanRho } from '../src/benchmark/rank_correlation.ts';
import { chanceOverlap, topOverlap } from '../src/benchmark/top_overlap.ts';
import { createRng } from '../src/core/rng.ts';
import { mean } from './support/benchmark.ts';
import { normal } from './support/op_inputs.ts';

const SEED = 5;

/** Kendall's tau-b by its definition: every pair is looked at. */
function plainTau(x: readonly number[], y: readonly number[]): number {
  let [sum, apartInX, apartInY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
      sum += a * b;
      apartInX += a * a;
      apartInY += b * b;
    }
  }
  return sum / Math.sqrt(apartInX * apartInY);
}

/** A rank is one more than how many are smaller, plus half of the others that are equal. */
const plainRanks = (values: readonly number[]): number[] =>
  values.map((v) => values.reduce((rank, u) => rank + (u < v ? 1 : u === v ? 0.5 : 0), 0.5));

function plainRho(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [plainRanks(x), plainRanks(y)];
  const centred = (ranks: readonly number[]): number[] => ranks.map((rank) => rank - mean(ranks));
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, v, i) => sum + v * q[i]!, 0);
  const [u, v] = [centred(a), centred(b)];
  return product(u, v) / Math.sqrt(product(u, u) * product(v, v));
}

const close = (got: number | null, want: number, what: string): void =>
  assert.ok(got !== null && Math.abs(got - want) < 1e-12, `${what}: got ${got}, expected ${want}`);

/** Columns of few values, so that there are ties in either and in both, related or not. */
function columns(count: number): { x: number[]; y: number[] }[] {
  const rng = createRng(SEED, 0);
  return Array.from({ length: count }, (_, k) => {
    const length = 2 + rng.int(60);
    const values = 2 + rng.int(20);
    const x = Array.from({ length }, () => rng.int(values));
    const y = x.map((v) => (k % 3 === 0 ? rng.int(values) : Math.floor(v / 2) - rng.int(1 + (k % 7))));
    return { x, y };
  });
}

test('correlations are those of the plain definitions, with ties (seed 5)', () => {
  let ties = 0;
  for (const { x, y } of columns(200)) {
    if (new Set(x).size < x.length) ties++;
    if (new Set(x).size === 1 || new Set(y).size === 1) {
      assert.equal([kendallTau(x, y), spearmanRho(x, y)], [null, null]);
      continue;
    }
    close(kendallTau(x, y), plainTau(x, y), `tau of ${x} and ${y}`);
    close(spearmanRho(x, y), plainRho(x, y), `rho of ${x} and ${y}`);
    assert.equal(averageRanks(x), plainRanks(x));
  }
  assert.ok(ties > 150);
});

test('correlations of columns whose value is known by hand', () => {
  const up = [1, 2, 3, 4, 5];
  assert.equal([kendallTau(up, up), spearmanRho(up, up)], [1, 1]);
  close(kendallTau(up, [5, 4, 3, 2, 1]), -1, 'opposite');
  // one of ten pairs is swapped; ranks differ by 1 twice: 1 - 6 * 2 / (5 * 24)
  close(kendallTau(up, [1, 2, 3, 5, 4]), 0.8, 'one swap');
  close(spearmanRho(up, [1, 2, 3, 5, 4]), 0.9, 'one swap');
  // two pairs in the same order, none in the opposite; of three pairs y ties one
  close(kendallTau([1, 2, 3], [1, 1, 2]), 2 / Math.sqrt(3 * 2), 'a tie');
});

test('the overlap of the best is the mean over all ways to break ties', () => {
  const rng = createRng(SEED, 1);
  for (let round = 0; round < 40; round++) {
    const n = 4 + rng.int(4);
    const [x, y] = [0, 1].map(() => Array.from({ length: n }, () => rng.int(4)));
    const k = 1 + rng.int(n - 1);
    close(topOverlap(x!, y!, k), plainOverlap(x!, y!, k), `${k} of ${x} and ${y}`);
  }
});

/** The sets of k entries of which none is smaller than one that is left out. */
function topSets(values: readonly number[], k: number): number[][] {
  const subsets = Array.from({ length: 2 ** values.length }, (_, bits) =>
    values.map((_, i) => i).filter((i) => (bits >> i) & 1),
  );
  return subsets.filter((chosen) => {
    const rest = values.filter((_, i) => !chosen.includes(i));
    return chosen.length === k && chosen.every((i) => rest.every((v) => values[i]! >= v));
  });
}

function plainOverlap(x: readonly number[], y: readonly number[], k: number): number {
  const [a, b] = [topSets(x, k), topSets(y, k)];
  return mean(a.flatMap((p) => b.map((q) => p.filter((i) => q.includes(i)).length / k)));
}

test('the overlap by chance: at most 2.5% of all choices lie below, and above, and no narrower range does', () => {
  for (const [n, k] of [
    [5, 2],
    [10, 3],
    [14, 7],
    [12, 8],
  ] as const) {
    // prettier-ignore
    // one choice of k against all of them
    const subsets = Array.from({ length: 2 ** n }, (_, bits) => bits).filter((bits) => ones(bits) === k);
    const overlaps = subsets.map((bits) => ones(bits & (2 ** k - 1)) / k);
    const share = (of: (overlap: number) => boolean): number => overlaps.filter(of).length / overlaps.length;
    const { low, high } = chanceOverlap(n, k);
    assert.ok(share((overlap) => overlap < low) <= 0.025 && share((overlap) => overlap > high) <= 0.025);
    assert.ok(share((overlap) => overlap <= low) > 0.025 && share((overlap) => overlap >= high) > 0.025);
  }
  // 1,000 cells: 100 of them, 10 expected, with a deviation of 2.85
  const { low, high } = chanceOverlap(1000, 100);
  assert.equal([low, high], [0.05, 0.16]);
});

const ones = (bits: number): number => (bits === 0 ? 0 : (bits & 1) + ones(bits >> 1));

test('the bootstrap interval of a mean is about 1.96 deviations of it, and holds it (seed 6)', () => {
  const rng = createRng(6, 0);
  const values = Array.from({ length: 400 }, () => normal(rng));
  const { value, low, high } = bootstrap(values.length, 6, (drawn) => mean(drawn.map((i) => values[i]!)));
  assert.is(value, mean(values));
  const deviation = Math.sqrt(mean(values.map((v) => (v - value!) ** 2)) / values.length);
  for (const side of [value! - low!, high! - value!]) {
    assert.ok(side > 1.6 * deviation && side < 2.4 * deviation, `${side} of ${deviation}`);
  }
  assert.equal(
    bootstrap(3, 6, () => null),
    { value: null, low: null, high: null },
  );
});

test.run();
