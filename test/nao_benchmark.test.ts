// NAO on the benchmark: what it looks up, what it chooses, and that it may choose any cell where others may not.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type BenchmarkMethod, createLookups } from '../src/benchmark/method.ts';
import { naoMethods } from '../src/benchmark/nao_method.ts';
import { runBenchmark } from '../src/benchmark/run.ts';
import { splitCells } from '../src/benchmark/split.ts';
import { mean, plainTransformations, readBenchmarkTable } from './support/benchmark.ts';
import { testEngine } from './support/device.ts';

const SEED = 5;
/** Few, so that the test is quick: the benchmark's own are ten times as many. */
const UPDATES = 60;
const CELLS = 100;

const table = readBenchmarkTable();
const { validation12, test200 } = table;
const { train, test: others } = splitCells(SEED);
const cells = others.filter((_, i) => i % Math.floor(others.length / CELLS) === 0);

test(`nao on the benchmark: chooses the best of at most ten cells, itself among them, and gains (seed ${SEED})`, async () => {
  const [one, ten] = naoMethods(UPDATES);
  assert.equal([one!.lookups, ten!.lookups, one!.anyCell, ten!.anyCell], [0, 10, true, true]);
  const transform = await ten!.prepare({ table, train, seed: SEED, device: testEngine, progress: () => {} });
  const seen = new Map<number, Set<number>>();
  const chosen = await transform(cells, (cell) => {
    const own = createLookups(validation12, ten!.lookups);
    const looked = new Set<number>();
    seen.set(cell, looked);
    return { ...own, validation: (other) => (looked.add(other), own.validation(other)) };
  });
  for (const [i, cell] of cells.entries()) {
    const looked = seen.get(cell)!;
    assert.ok(looked.has(cell) && looked.size <= 10);
    assert.is(validation12[chosen[i]!], Math.max(...[...looked].map((other) => validation12[other]!)));
  }
  const gain = mean([...cells].map((cell, i) => test200[chosen[i]!]! - test200[cell]!));
  // exhaustive choice among NAT's transformations gains 4.7 points over all cells
  assert.ok(gain > 3, `gain ${gain}`);
  const added = [...cells].filter((cell, i) => !plainTransformations(cell).includes(chosen[i]!));
  assert.ok(added.length > 10, "its choices are more than NAT's moves reach");
});

test("benchmark: what NAT's moves do not reach is an error, but for methods that may choose any cell", async () => {
  const best = test200.indexOf(Math.max(...test200));
  const always: BenchmarkMethod = {
    name: 'always',
    adjacency: null,
    baseline: null,
    lookups: 0,
    prepare: () => (judged) => judged.map(() => best),
  };
  const observer = { progress: () => {}, interrupted: () => false };
  const run = (method: BenchmarkMethod) => runBenchmark({ table, methods: [method], seeds: [1], observer });
  const { methods } = await run({ ...always, anyCell: true });
  const { test: judged } = splitCells(1);
  const expected = test200[best]! - mean([...judged].map((cell) => test200[cell]!));
  assert.ok(Math.abs(methods[0]!.gain.mean - expected) < 1e-9);
  try {
    await run(always);
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^always: cell \d+ may not become \d+$/);
  }
});

test.run();
