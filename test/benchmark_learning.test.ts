// Policies that learn on the table: that they do, how a transformation comes out of their probabilities, what they may
// look at, and figures that are kept.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { mostProbable } from '../src/benchmark/candidates.ts';
import { CAREFUL, CAUTIOUS, isWorthwhile } from '../src/benchmark/caution.ts';
import { compareMethods, SUBJECT } from '../src/benchmark/compare.ts';
import { openKept } from '../src/benchmark/kept.ts';
import { methodsOf } from '../src/benchmark/learned_methods.ts';
import { type Learner, LEARNERS, ROW, SPACE, trainLearner } from '../src/benchmark/learner.ts';
import { describeLesson, learnLesson } from '../src/benchmark/lesson.ts';
import { type BenchmarkMethod, createLookups, methodId } from '../src/benchmark/method.ts';
import { METHODS } from '../src/benchmark/methods.ts';
import { runBenchmark } from '../src/benchmark/run.ts';
import { fromNatCell, NAT_EDGES, toNatCell } from '../src/benchmark/space.ts';
import { splitCells } from '../src/benchmark/split.ts';
import { isTransformation } from '../src/benchmark/transformations.ts';
import { createRng } from '../src/core/rng.ts';
import { Interrupted } from '../src/run/observer.ts';
import { benchmarkTask, mean, plainTransformations, readBenchmarkTable } from './support/benchmark.ts';
import { testEngine } from './support/device.ts';
import { memoryFiles } from './support/memory_files.ts';
import { near } from './support/near.ts';

const SEED = 3;
const table = readBenchmarkTable();
const { validation12, test200 } = table;
const { train, test: judging } = splitCells(SEED);
/** Some of the cells that judge. */
const SOME = judging.filter((_, i) => i % 26 === 0);
const observer = { progress: () => {}, interrupted: () => false };

const quick = (learner: Learner, steps: number): Learner => ({
  ...learner,
  training: { ...learner.training, steps },
});

const BEST = LEARNERS[0]!;

const gainOf = (chosen: Int32Array, cells: Int32Array): number =>
  mean(Array.from(cells, (cell, i) => test200[chosen[i]!]! - test200[cell]!));

test(`learned methods: a hundred steps gain most of what there is; ten look-ups, all different (seed ${SEED})`, async () => {
  const methods = methodsOf(quick(BEST, 100));
  const task = benchmarkTask({ table, train, seed: SEED });
  const chosen: Record<string, Int32Array> = {};
  for (const { name, lookups, prepare } of methods) {
    const transform = await prepare(task);
    const looked = new Map<number, Set<number>>();
    chosen[name] = await transform(SOME, (cell) => {
      const own = createLookups(validation12, lookups);
      const seen = new Set<number>();
      looked.set(cell, seen);
      return { ...own, validation: (other) => (seen.add(other), own.validation(other)) };
    });
    assert.ok(SOME.every((cell, i) => isTransformation(cell, chosen[name]![i]!)));
    for (const [cell, seen] of looked) {
      if (lookups === 0) assert.is(seen.size, 0);
      else if (name.startsWith('sampling')) assert.ok(seen.size <= 10);
      else assert.ok(seen.size === 10 && seen.has(cell), `${name} looked at ${seen.size} cells`);
    }
  }
  const gain = (name: string): number => gainOf(chosen[name]!, SOME);
  const random = mean(Array.from(SOME, (cell) => mean(plainTransformations(cell).map((c) => test200[c]!)) - test200[cell]!)); // prettier-ignore
  const exhaustive = mean(
    Array.from(SOME, (cell) => {
      const reached = plainTransformations(cell);
      const best = reached.reduce((a, b) => (validation12[b]! > validation12[a]! ? b : a));
      return test200[best]! - test200[cell]!;
    }),
  );
  assert.ok(random < -10, `random ${random}`);
  assert.ok(gain('maximum-gcn') > 0, `maximum ${gain('maximum-gcn')}`);
  assert.ok(gain('maximum-gcn-best-of-10') > 0.8 * exhaustive, `best of ten of ${exhaustive}`);
  assert.ok(gain('sampling-gcn') > random + 5, `one draw ${gain('sampling-gcn')}`);
  assert.ok(gain('sampling-gcn-best-of-10') > gain('sampling-gcn'));
});

test('learned methods: the most probable transformations are those of an enumeration (200 cells, seed 5)', () => {
  const rng = createRng(5, 0);
  for (let i = 0; i < 200; i++) {
    const cell = rng.int(15_625);
    const probabilities = Float32Array.from({ length: ROW }, () => rng.uniform());
    const before = toNatCell(cell);
    // every combination of actions, added up by what it makes of the cell
    const shares = new Map<number, number>();
    for (let combination = 0; combination < 3 ** 6; combination++) {
      const actions = Int32Array.from(before, ([op]) =>
        [0, 1, 2].find((action) => SPACE.target(op, action) === op)!,
      );
      let probability = 1;
      NAT_EDGES.forEach((edge, k) => {
        const action = Math.floor(combination / 3 ** k) % 3;
        actions[edge] = action;
        probability *= probabilities[edge * SPACE.count + action]!;
      });
      const made = fromNatCell(SPACE.apply(before, actions));
      shares.set(made, (shares.get(made) ?? 0) + probability);
    }
    const ordered = [...shares].sort((a, b) => b[1] - a[1]).map(([made]) => made);
    assert.equal(mostProbable(SPACE, cell, probabilities, 10), ordered.slice(0, 10));
    assert.is(mostProbable(SPACE, cell, probabilities, 1000).length, ordered.length);
  }
});

test('learned methods: kept to its own half, a policy learns nothing from accuracies of the other', async () => {
  const other = { ...table, validation12: validation12.slice() };
  for (const cell of judging) other.validation12[cell] = 100 - validation12[cell]!;
  const cells = SOME.slice(0, 20);
  const probabilities = async (ownHalf: boolean, from: typeof table) => {
    const learner = { ...quick(BEST, 5), ownHalf };
    return (await trainLearner(learner, benchmarkTask({ table: from, train, seed: SEED })))(cells);
  };
  assert.equal(await probabilities(true, other), await probabilities(true, table));
  assert.not.equal(await probabilities(false, other), await probabilities(false, table));
});

test('learned methods: what is worthwhile', () => {
  const known = Float64Array.from({ length: 1001 }, (_, i) => i / 10);
  // 30% of the way from 50 to 100
  assert.equal([64, 66].map((after) => isWorthwhile(CAREFUL, 50, after, known)), [false, true]); // prettier-ignore
  // 70% of it, but 8 points are enough
  assert.equal([57, 59].map((after) => isWorthwhile(CAUTIOUS, 50, after, known)), [false, true]); // prettier-ignore
  assert.equal([96, 98].map((after) => isWorthwhile(CAUTIOUS, 90, after, known)), [false, true]); // prettier-ignore
  // among the best fortieth, 30% of the way
  assert.equal([97.3, 97.6].map((after) => isWorthwhile(CAUTIOUS, 96, after, known)), [false, true]); // prettier-ignore
  assert.not(isWorthwhile(CAUTIOUS, 97, 97.6, known));
  for (const caution of [CAREFUL, CAUTIOUS]) assert.not(isWorthwhile(caution, 80, 80, known));
});

test('learned methods: every method has an id of its own, and settings that JSON can hold', () => {
  const ids = METHODS.map(methodId);
  assert.is(new Set(ids).size, ids.length);
  assert.ok(ids.includes(SUBJECT));
  for (const { settings = {} } of METHODS) assert.equal(JSON.parse(JSON.stringify(settings)), settings);
});

test('comparisons: differences of the same seeds, and the share of sign patterns as far from 0', () => {
  const own = { id: SUBJECT, gain: [4.6, 4.8, 4.7], top1000: [0.1, 0.3, 0.2] };
  const other = { id: 'other', gain: [4.5, 4.5, 4.9], top1000: [0.2, 0.2, 0.3] };
  const [compared, ...more] = compareMethods([other, own]);
  assert.equal(more, []);
  assert.is(compared!.with, 'other');
  for (const figure of ['gain', 'top1000'] as const) {
    const differences = own[figure].map((value, i) => value - other[figure][i]!);
    near([compared![figure].mean], [mean(differences)], 1e-12, figure);
    const sums = Array.from({ length: 8 }, (_, bits) =>
      differences.reduce((sum, d, i) => sum + (bits & (1 << i) ? d : -d), 0),
    );
    const observed = Math.abs(differences.reduce((sum, d) => sum + d, 0));
    assert.is(compared![figure].p, sums.filter((sum) => Math.abs(sum) >= observed - 1e-12).length / 8);
  }
  assert.equal(compareMethods([other]), []);
});

const counted = (made: string[], settings: object = {}): BenchmarkMethod[] =>
  ['unchanged', 'oracle'].map((name) => {
    const method = METHODS.find((each) => each.name === name)!;
    const prepare: BenchmarkMethod['prepare'] = (task) => {
      made.push(`${name} ${task.seed}`);
      return method.prepare(task);
    };
    return { ...method, settings, prepare };
  });

test('kept figures: a benchmark that was stopped goes on, and ends with the same bytes', async () => {
  const files = memoryFiles();
  const run = async (made: string[], seeds: number[], stopAfter = Infinity, settings = {}) => {
    const kept = await openKept(files, 'runs/here', table);
    const stopping = { progress: () => {}, interrupted: () => made.length >= stopAfter };
    const methods = counted(made, settings);
    return JSON.stringify(await runBenchmark({ table, methods, seeds, observer: stopping, kept }));
  };
  const whole = JSON.stringify(
    await runBenchmark({ table, methods: counted([], {}), seeds: [1, 2], observer }),
  );
  const first: string[] = [];
  try {
    await run(first, [1, 2], 3);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Interrupted);
  }
  const rest: string[] = [];
  assert.is(await run(rest, [1, 2]), whole);
  assert.equal([...first, ...rest], ['unchanged 1', 'oracle 1', 'unchanged 2', 'oracle 2']);
  // whoever comes last finds what others made; what was made under other settings is made again
  const none: string[] = [];
  await run(none, [2, 1]);
  assert.equal(none, []);
  await run(none, [1], Infinity, { steps: 7 });
  assert.equal(none, ['unchanged 1', 'oracle 1']);
});

test('kept figures: those of another table are refused', async () => {
  const files = memoryFiles();
  await openKept(files, 'here', table);
  const other = { ...table, validation12: validation12.map((accuracy) => accuracy + 0.001) };
  try {
    await openKept(files, 'here', other);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, /^here: digest is .* there and .* here; choose another folder$/);
  }
});

test('lesson: what is said of it; an interruption ends it', async () => {
  const lesson = {
    cells: 7813,
    steps: 1000,
    one: { random: -13.187, policy: 4.456 },
    bestOf10: { random: 3.21, policy: 4.54 },
    exhaustive: 4.549,
  };
  const lines = describeLesson(lesson).split('\n');
  assert.match(lines[0]!, /over 7,813 cells$/);
  assert.match(lines[3]!, /^one transformation +-13\.19 +\+4\.46$/);
  assert.match(lines[4]!, /^best of 10 by validation accuracy +\+3\.21 +\+4\.54$/);
  assert.match(lines[5]!, /^best of all by validation accuracy +\+4\.55$/);
  assert.ok(lines.every((line) => line.length <= 100));
  const stopped = { progress: () => {}, interrupted: () => true };
  assert.is(await learnLesson(await testEngine(), table, stopped), null);
});

test('a method that learns needs a device', async () => {
  const methods = methodsOf(quick(BEST, 1)).slice(0, 1);
  try {
    await runBenchmark({ table, methods, seeds: [1], observer });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /^runBenchmark: a method learns; give it openDevice$/);
  }
  const stopped = { progress: () => {}, interrupted: () => true };
  const openDevice = () => testEngine();
  try {
    await runBenchmark({ table, methods, seeds: [1], observer: stopped, openDevice });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, Interrupted);
  }
});

test.run();
