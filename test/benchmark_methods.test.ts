// What the benchmark says of its methods, against plain enumerations of the table: exact values for the exact methods,
// expectations for the random ones, and what a method must not do.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkCosts } from '../src/benchmark/cost.ts';
import { type BenchmarkMethod, cellByCell, createLookups, drawsFor } from '../src/benchmark/method.ts';
import { runBenchmark } from '../src/benchmark/run.ts';
import { splitCells } from '../src/benchmark/split.ts';
import { interval } from '../src/core/statistics.ts';
import { UNTRAINED_METHODS } from '../src/benchmark/untrained_methods.ts';
import { Interrupted } from '../src/run/observer.ts';
import { benchmarkTask, mean, plainTransformations, readBenchmarkTable } from './support/benchmark.ts';

const table = readBenchmarkTable();
const { validation12, test200 } = table;
const ALL = Int32Array.from({ length: 15_625 }, (_, cell) => cell);
const REACHED = Array.from(ALL, plainTransformations);
const observer = { progress: () => {}, interrupted: () => false };

const methodNamed = (name: string): BenchmarkMethod =>
  UNTRAINED_METHODS.find((method) => method.name === name)!;

/** What a method makes of all cells. */
async function choicesOf(name: string, seed: number): Promise<Int32Array> {
  const { prepare, lookups } = methodNamed(name);
  const transform = await prepare(benchmarkTask({ table, train: splitCells(seed).train, seed }));
  return transform(ALL, () => createLookups(validation12, lookups));
}

const gainsOf = (choices: Int32Array): number[] =>
  Array.from(choices, (chosen, cell) => test200[chosen]! - test200[cell]!);

/** The 1,000 cells of the highest test accuracy. */
const TOP = Array.from(ALL)
  .sort((a, b) => test200[b]! - test200[a]! || a - b)
  .slice(0, 1000);

const isTop = new Set(TOP);

const within = (value: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value}, expected ${expected} to within ${tolerance}`);

test('benchmark methods: the oracle and the exhaustive choice gain what an enumeration says', async () => {
  const oracle = gainsOf(await choicesOf('oracle', 1));
  const plainOracle = REACHED.map(
    (cells, cell) => Math.max(...cells.map((c) => test200[c]!)) - test200[cell]!,
  );
  assert.equal(oracle, plainOracle);
  within(mean(oracle), 4.99, 0.005);
  within(mean(TOP.map((cell) => oracle[cell]!)), 0.368, 0.001);

  const choices = await choicesOf('exhaustive', 1);
  const exhaustive = gainsOf(choices);
  const highest = REACHED.map((cells) => Math.max(...cells.map((c) => validation12[c]!)));
  assert.ok(choices.every((chosen, cell) => validation12[chosen] === highest[cell]));
  // cells of equal validation accuracy leave room for 4.71 to 4.76 points, and for 0.230 to 0.238
  within(mean(exhaustive), 4.73, 0.01);
  within(mean(TOP.map((cell) => exhaustive[cell]!)), 0.235, 0.001);
  const equals = REACHED.map((cells, cell) => cells.filter((c) => validation12[c] === highest[cell]));
  const bounds = [Math.min, Math.max].map((pick) =>
    mean(equals.map((cells, cell) => pick(...cells.map((c) => test200[c]!)) - test200[cell]!)),
  );
  assert.ok(bounds[0]! <= mean(exhaustive) && mean(exhaustive) <= bounds[1]!);
});

interface Expectation {
  readonly mean: number;
  /** Of the mean over all cells. */
  readonly variance: number;
}

/** Of the mean gain over all cells, where each cell becomes `cell` with some probability. */
function expectationOf(chances: (cell: number) => { cell: number; chance: number }[]): Expectation {
  const parts = Array.from(ALL, (before) => {
    const outcomes = chances(before).map(({ cell, chance }) => ({
      chance,
      gain: test200[cell]! - test200[before]!,
    }));
    const first = outcomes.reduce((sum, { chance, gain }) => sum + chance * gain, 0);
    const variance = outcomes.reduce((sum, { chance, gain }) => sum + chance * (gain - first) ** 2, 0);
    return { first, variance };
  });
  const variance = mean(parts.map((part) => part.variance)) / ALL.length;
  return { mean: mean(parts.map((part) => part.first)), variance };
}

/** The probabilities of the best of n draws by validation accuracy; equals are equally probable. */
function chancesOfBest(before: number, n: number): { cell: number; chance: number }[] {
  const cells = REACHED[before]!;
  const byAccuracy = new Map<number, number[]>();
  for (const cell of [...cells].sort((a, b) => validation12[a]! - validation12[b]!)) {
    const accuracy = validation12[cell]!;
    byAccuracy.set(accuracy, [...(byAccuracy.get(accuracy) ?? []), cell]);
  }
  let below = 0;
  return [...byAccuracy.values()].flatMap((equals) => {
    const upTo = below + equals.length;
    const chance = ((upTo / cells.length) ** n - (below / cells.length) ** n) / equals.length;
    below = upTo;
    return equals.map((cell) => ({ cell, chance }));
  });
}

const SEEDS = [1, 2, 3, 4, 5];

for (const [name, draws, known] of [
  ['random', 1, -12.8],
  ['random-best-of-10', 10, 3.4],
] as const) {
  test(`benchmark methods: ${name} gains what its expectation says (seeds ${SEEDS.join(', ')})`, async () => {
    const expected = expectationOf((cell) => chancesOfBest(cell, draws));
    within(expected.mean, known, 0.05);
    const gains: number[] = [];
    for (const seed of SEEDS) gains.push(mean(gainsOf(await choicesOf(name, seed))));
    within(mean(gains), expected.mean, 4 * Math.sqrt(expected.variance / SEEDS.length));
  });
}

test('benchmark methods: local search and evolution keep to ten look-ups, and choose the best of what they saw', async () => {
  for (const name of ['local-search', 'evolution']) {
    const { lookups, prepare } = methodNamed(name);
    assert.is(lookups, methodNamed('random-best-of-10').lookups);
    const transform = await prepare(benchmarkTask({ table, train: ALL, seed: 4 }));
    const seen = new Map<number, Set<number>>();
    const chosen = await transform(ALL.slice(), (cell) => {
      const own = createLookups(validation12, lookups);
      const cells = new Set<number>();
      seen.set(cell, cells);
      return { ...own, validation: (other) => (cells.add(other), own.validation(other)) };
    });
    for (const [cell, cells] of seen) {
      assert.is(cells.size, 10);
      assert.ok(cells.has(cell), 'looks at the cell itself');
      const legal = new Set(REACHED[cell]);
      assert.ok([...cells].every((other) => legal.has(other)));
      assert.is(validation12[chosen[cell]!], Math.max(...[...cells].map((other) => validation12[other]!)));
    }
  }
});

test('benchmark methods: what is printed of a method, recomputed on the cells of two seeds', async () => {
  const names = ['unchanged', 'exhaustive', 'oracle', 'local-search'];
  const seeds = [7, 8];
  const result = await runBenchmark({ table, methods: names.map(methodNamed), seeds, observer });
  assert.is(result.table, 'cifar10');
  assert.equal(result.seeds, seeds);
  assert.equal(result.cells, { train: 7812, test: 7813 });
  const costs = networkCosts();
  for (const [i, name] of names.entries()) {
    const rows = [];
    for (const seed of seeds) {
      const choices = await choicesOf(name, seed);
      const gains = gainsOf(choices);
      const oracle = gainsOf(await choicesOf('oracle', seed));
      const test = Array.from(splitCells(seed).test);
      const top = test.filter((cell) => isTop.has(cell));
      assert.ok(top.length > 400);
      const change = (part: 'params' | 'madds') =>
        mean(test.map((cell) => (costs[choices[cell]!]![part] - costs[cell]![part]) / costs[cell]![part]));
      rows.push({
        gain: mean(test.map((cell) => gains[cell]!)),
        oracle: mean(test.map((cell) => oracle[cell]!)),
        worse: mean(test.map((cell) => (gains[cell]! < 0 ? 1 : 0))),
        top: mean(top.map((cell) => gains[cell]!)),
        params: change('params'),
        madds: change('madds'),
      });
    }
    const [a, b] = rows as [(typeof rows)[0], (typeof rows)[0]];
    const method = result.methods[i]!;
    assert.equal([method.name, method.adjacency, method.baseline], [name, null, null]);
    const middle = (a.gain + b.gain) / 2;
    // two values: their standard error is half their distance, and Student's t of one degree of freedom 12.706
    const half = (12.706 * Math.abs(a.gain - b.gain)) / 2;
    const expected = [
      [method.gain.mean, middle],
      [method.gain.low, middle - half],
      [method.gain.high, middle + half],
      [method.oracle_share, (a.gain + b.gain) / (a.oracle + b.oracle)],
      [method.worse, (a.worse + b.worse) / 2],
      [method.top1000.mean, (a.top + b.top) / 2],
      [method.params, (a.params + b.params) / 2],
      [method.madds, (a.madds + b.madds) / 2],
    ] as const;
    for (const [value, want] of expected) within(value!, want, 1e-9);
  }
});

test('benchmark methods: the same seed gives the same result, also without the other methods', async () => {
  const all = await runBenchmark({ table, methods: UNTRAINED_METHODS, seeds: [3], observer });
  const again = await runBenchmark({ table, methods: UNTRAINED_METHODS, seeds: [3], observer });
  assert.is(JSON.stringify(again), JSON.stringify(all));
  const alone = await runBenchmark({ table, methods: [methodNamed('evolution')], seeds: [3], observer });
  assert.equal(alone.methods, [all.methods[4]]);
  const other = await runBenchmark({ table, methods: [methodNamed('evolution')], seeds: [4], observer });
  assert.not.equal(other.methods, alone.methods);
});

test('benchmark methods: a seed splits the cells in halves', () => {
  const { train, test: judging } = splitCells(1);
  assert.equal(
    Array.from([...train, ...judging]).sort((a, b) => a - b),
    Array.from(ALL),
  );
  assert.not.equal(train, splitCells(2).train);
  // a half of a random half: 3906 +- 31
  within(splitCells(2).train.filter((cell) => train.includes(cell)).length, 3906, 160);
});

test('benchmark methods: numbers for a cell do not depend on the cells before it', () => {
  const draws = (cells: number[]) => {
    const transform = cellByCell(6, (_cell, _lookups, rng) => rng.int(1000));
    return transform(Int32Array.from(cells), () => createLookups(validation12, 0));
  };
  assert.equal([...(draws([5, 9]) as Int32Array)].reverse(), [...(draws([9, 5]) as Int32Array)]);
  assert.is(drawsFor(6, 5).int(1000), (draws([5]) as Int32Array)[0]);
});

test('benchmark methods: look-ups are counted once a cell, and limited', () => {
  const lookups = createLookups(validation12, 2);
  assert.is(lookups.validation(10), validation12[10]);
  assert.is(lookups.validation(10), validation12[10]);
  assert.is(lookups.left(), 1);
  assert.ok(lookups.known(10) && !lookups.known(11));
  lookups.validation(11);
  assert.throws(() => lookups.validation(12), /looked up more than 2 cells/);
});

const judged = (transform: (cells: Int32Array) => Int32Array) => {
  const method = { name: 'mine', adjacency: 'paper', baseline: 'none', lookups: 0, prepare: () => transform };
  return runBenchmark({ table, methods: [method], seeds: [1], observer });
};

async function fails(work: Promise<unknown>, message: RegExp): Promise<void> {
  let said = '';
  await work.catch((error: Error) => (said = error.message));
  assert.match(said, message);
}

test('benchmark methods: a choice that is no transformation, or none at all, is an error', async () => {
  await fails(
    judged((cells) => cells.map(() => 15_624)),
    /^mine: cell \d+ may not become 15624$/,
  );
  await fails(
    judged((cells) => cells.slice(1)),
    /^mine: chose 7812 cells for 7813$/,
  );
  const { methods } = await judged((cells) => cells);
  assert.equal([methods[0]!.adjacency, methods[0]!.baseline], ['paper', 'none']);
});

test('benchmark methods: progress is told, and an interruption heard', async () => {
  const told: number[] = [];
  let left = 3;
  const work = runBenchmark({
    table,
    methods: [methodNamed('unchanged'), methodNamed('oracle')],
    seeds: [1, 2],
    observer: { progress: ({ done, total }) => void told.push(done, total), interrupted: () => --left === 0 },
  });
  let thrown: unknown = null;
  await work.catch((error: unknown) => (thrown = error));
  assert.instance(thrown, Interrupted);
  assert.equal(told, [1, 4, 2, 4, 3, 4]);
});

test("benchmark methods: Student's intervals", () => {
  assert.equal(interval([2.5]), { mean: 2.5, low: null, high: null });
  // standard deviation 1, standard error 1 / sqrt(3), t of two degrees of freedom 4.303
  const { mean: middle, low, high } = interval([1, 2, 3]);
  assert.is(middle, 2);
  within(high! - 2, 4.303 / Math.sqrt(3), 1e-12);
  within(2 - low!, 4.303 / Math.sqrt(3), 1e-12);
  // standard deviation 1 whatever their number, so that the interval shows the quantile
  const quantileOf = (n: number): number => {
    const values = Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const squares = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
    const error = Math.sqrt(squares / (n - 1) / n);
    return (interval(values).high! - mean(values)) / error;
  };
  for (const [n, quantile] of [
    [20, 2.093],
    [31, 2.042],
    [40, 2.042],
    [41, 2.021],
    [61, 2],
    [200, 1.98],
  ] as const)
    within(quantileOf(n), quantile, 1e-9);
});

test.run();
