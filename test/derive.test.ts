// What derive judges by, and what it refuses: dead cells against a plain search of the graph, the images that choose
// and those that report, first draws.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { type ActionSpace, actionSpace } from '../src/arch/action_space.ts';
import type { Architecture, Cell, Edge, Genotype } from '../src/arch/genotype.ts';
import { PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { hasDeadCell, isDead } from '../src/arch/reach.ts';
import { parseTransitions } from '../src/arch/transition_file.ts';
import { ACTIONS, NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import type { Dataset, ImageSet } from '../src/data/dataset.ts';
import { createBudget } from '../src/derive/budget.ts';
import { derive, drawCandidates } from '../src/derive/derive.ts';
import { type Evaluator, type Judge, remembering, withoutPolicy } from '../src/derive/evaluator.ts';
import { openFinishedRun } from '../src/derive/finished_run.ts';
import { describeDerivation, derivationToJson } from '../src/derive/report.ts';
import { readFinishedRun } from '../src/run/run_folder.ts';
import { splitImages } from '../src/search/splits.ts';
import { testEngine } from './support/device.ts';
import { runSmall, RUN, sample, TINY } from './support/search_run.ts';
import { TINY_ARCHITECTURE } from './support/tiny_architecture.ts';

const NAT = actionSpace(NAT_TRANSITIONS);
const uniform = (edges: number, space: ActionSpace = NAT): Float32Array =>
  new Float32Array(edges * space.count).fill(1 / space.count);

/** Backwards from the output, node by node, until an input is met or nothing is left. */
function findsAnInput(cell: Cell, concat: readonly number[]): boolean {
  const open = [...concat];
  const seen = new Set<number>();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node < 2) return true;
    if (seen.has(node)) continue;
    seen.add(node);
    for (const [op, from, to] of cell) if (to === node && op !== 'null') open.push(from);
  }
  return false;
}

function randomCell(rng: Rng): { cell: Cell; concat: number[] } {
  const nodes = 1 + rng.int(6);
  const cell = Array.from({ length: 2 * nodes }, (_, i): Edge => {
    const to = (i >> 1) + 2;
    const op = rng.int(2) === 0 ? 'null' : PRIMITIVE_NAMES[rng.int(PRIMITIVE_NAMES.length)]!;
    return [op, rng.int(to), to];
  });
  const all = Array.from({ length: nodes }, (_, i) => i + 2);
  const some = all.filter(() => rng.int(3) === 0);
  return { cell, concat: some.length > 0 ? some : all };
}

test('a cell is dead where a search of its graph, from the output back, finds no input (seed 1)', () => {
  const rng = createRng(1, 0);
  let dead = 0;
  for (let i = 0; i < 3000; i++) {
    const { cell, concat } = randomCell(rng);
    assert.is(isDead(cell, concat), !findsAnInput(cell, concat), JSON.stringify({ cell, concat }));
    dead += Number(isDead(cell, concat));
  }
  assert.ok(dead > 500 && dead < 2500, `${dead} of 3000`);
});

test('a dead draw is refused and another drawn; none of the candidates is dead (seed 2)', () => {
  // its output depends on one chain of nodes
  const input = requireCell('VGG');
  const budget = createBudget(input, NAT, []);
  const draw = (candidates: number) =>
    drawCandidates(input, NAT, uniform(16), budget, { method: 'sample', candidates, seed: 2 });
  const { architectures, refused } = draw(40);
  assert.is(architectures.length, 40);
  for (const arch of architectures) assert.not.ok(hasDeadCell({ ...input, ...arch }));
  assert.ok(refused > 40, `most draws of such a chain are dead: ${refused}`);
  // what one draw gives is the first of ten
  assert.equal(draw(1).architectures[0], architectures[0]);
  // and among draws that are not dead, nothing changes
  const free = requireCell('DARTS');
  const ten = drawCandidates(free, NAT, uniform(16), createBudget(free, NAT, []), { method: 'sample', candidates: 10, seed: 1 }); // prettier-ignore
  assert.is(ten.refused, 0);
});

test('where the most probable actions make a dead cell, edges in turn take those that leave a path', () => {
  const input = requireCell('VGG');
  // null is the most probable everywhere
  const shares = { null: 0.7, same: 0.1, skip_connect: 0.2 };
  const probabilities = Float32Array.from({ length: 48 }, (_, i) => shares[ACTIONS[i % 3]!]);
  const options = { method: 'max', candidates: 10, seed: 0 } as const;
  const budget = createBudget(input, NAT, []);
  const { architectures, refused } = drawCandidates(input, NAT, probabilities, budget, options);
  assert.is(refused, 1);
  // Up to edge 6, from node 0 to the output, node 5, null leaves a path; there only a skip connection does.
  const expected = (cell: Cell): Cell =>
    cell.map(([, from, to], i) => [i === 6 ? 'skip_connect' : 'null', from, to]);
  assert.equal(architectures, [{ normal: expected(input.normal), reduce: expected(input.reduce) }]);
});

test('a policy that draws hardly anything but dead cells still has candidates', () => {
  const input = requireCell('VGG');
  const shares = { null: 1, same: 0, skip_connect: 0 };
  const probabilities = Float32Array.from({ length: 48 }, (_, i) => shares[ACTIONS[i % 3]!]);
  const options = { method: 'sample', candidates: 2, seed: 5 } as const;
  const drawn = drawCandidates(input, NAT, probabilities, createBudget(input, NAT, []), options);
  assert.is(drawn.refused, 200);
  for (const arch of drawn.architectures) assert.not.ok(hasDeadCell({ ...input, ...arch }));
});

test('a table whose transitions cannot connect a cell is told so', () => {
  const table = parseTransitions('{"transitions": {"conv_3x3": ["conv_3x3"], "null": ["null"]}}', 'test');
  const cell: Cell = [['conv_3x3', 0, 2], ['null', 0, 2], ['null', 2, 3], ['null', 1, 3]]; // prettier-ignore
  const input: Genotype = { name: 'G', normal: cell, normalConcat: [3], reduce: cell, reduceConcat: [2] };
  assert.throws(
    () => createBudget(input, actionSpace(table), []).connected(),
    (error: Error) =>
      error instanceof UserError &&
      error.message === 'no transformation of G connects the outputs of its cells with their inputs',
  );
});

/** Judges by made-up accuracies, and notes what it was asked. */
function madeUp(accuracy: (arch: Architecture, judge: Judge) => number) {
  const asked: string[] = [];
  const evaluator: Evaluator = {
    space: NAT,
    images: { selection: 30, test: 20 },
    probabilities: async (arch) => uniform(arch.normal.length + arch.reduce.length),
    accuracy: async (arch, judge) => {
      asked.push(`${judge} ${JSON.stringify([arch.normal, arch.reduce])}`);
      return accuracy(arch, judge);
    },
  };
  return { evaluator, asked };
}

const nulls = ({ normal, reduce }: Architecture): number =>
  [...normal, ...reduce].filter(([op]) => op === 'null').length;

test('the test images hear of no candidate but the first and the chosen one, and choose nothing', async () => {
  const input = requireCell('DARTS');
  // what the choosing images like most the test images like least
  const { evaluator, asked } = madeUp(
    (arch, judge) => (judge === 'test' ? 16 - nulls(arch) : nulls(arch)) / 16,
  );
  const options = { method: 'sample', candidates: 10, seed: 4 } as const;
  const reports: string[] = [];
  const derivation = await derive(evaluator, input, options, (done, total) =>
    reports.push(`${done}/${total}`),
  );
  const { accuracy, candidates, output } = derivation;
  const most = Math.max(...candidates.map(nulls));
  assert.equal(accuracy, {
    selection: { images: 30, before: 0, first: nulls(candidates[0]!) / 16, after: most / 16 },
    test: { images: 20, before: 1, first: 1 - nulls(candidates[0]!) / 16, after: 1 - most / 16 },
  });
  assert.is(nulls(output), most);
  const key = ({ normal, reduce }: Architecture): string => `test ${JSON.stringify([normal, reduce])}`;
  assert.equal(
    asked.filter((text) => text.startsWith('test')),
    [key(input), key(candidates[0]!), key(output)],
  );
  assert.is(new Set(asked).size, asked.length, 'nothing is measured twice');
  assert.is(reports.at(-1), '14/14');
  const json = derivationToJson(derivation) as typeof derivation;
  assert.equal([json.accuracy, json.refused], [accuracy, derivation.refused]);
});

test('what is remembered is not measured again; without a policy, allowed actions are equally probable', async () => {
  const { evaluator, asked } = madeUp(nulls);
  const input = requireCell('DARTS');
  const judges = remembering(evaluator);
  const options = { method: 'sample', candidates: 3, seed: 1 } as const;
  const [, again] = [await derive(judges, input, options), await derive(judges, input, options)];
  assert.is(again.accuracy.selection.before, 0);
  assert.is(new Set(asked).size, asked.length);
  const table = parseTransitions(
    '{"transitions": {"conv_3x3": ["conv_3x3", "null"], "null": ["null"], "conv_1x1": ["conv_1x1"]}}',
    'test',
  );
  const cell: Cell = [['conv_3x3', 0, 2], ['null', 1, 2]]; // prettier-ignore
  const random = withoutPolicy({ ...evaluator, space: actionSpace(table) });
  const rows = [0.5, 0.5, 0, 0, 1, 0];
  assert.equal([...(await random.probabilities({ normal: cell, reduce: cell }))], [...rows, ...rows]);
});

test('both accuracies, their images and what was refused are told', async () => {
  const { evaluator } = madeUp((arch, judge) => (judge === 'test' ? 0.5 : nulls(arch) / 16));
  const text = async (arch: string, candidates: number) =>
    describeDerivation(await derive(evaluator, requireCell(arch), { method: 'sample', candidates, seed: 3 }));
  const many = await text('VGG', 10);
  assert.match(
    many,
    /^accuracy, choosing +50\.00% +\d+\.\d\d% {3}on 30 images that trained the policy, best of 10$/m,
  );
  assert.match(many, /^accuracy, test +50\.00% +50\.00% {3}on 20 test images, which chose nothing$/m);
  assert.match(many, /^\d+ more drawn and refused: a cell's output reached by no operation$/m);
  const one = await text('DARTS', 1);
  assert.match(one, /on 30 images that trained the policy$/m);
  assert.not.match(one, /refused/);
});

const tinyRun = (async () => {
  const engine = await testEngine();
  const config = { ...TINY, channels: 2, epochs: 1, maxSteps: 1 };
  const { files } = await runSmall(engine, config);
  return { engine, config, run: await readFinishedRun(files, RUN) };
})();

const relabelled = ({ images, labels }: ImageSet, label: (n: number) => number | null): ImageSet => ({
  images,
  labels: labels.map((own, n) => label(n) ?? own),
});

test('what chooses and what reports are disjoint images, as many as asked for', async () => {
  const { engine, config, run } = await tinyRun;
  const count = { selectImages: 40, testImages: 24 };
  const judged = async (data: Dataset) => {
    const evaluator = await openFinishedRun(engine, config, run, data, RUN, count);
    assert.equal(evaluator.images, { selection: 40, test: 24 });
    return [await evaluator.accuracy(TINY_ARCHITECTURE, 'selection'), await evaluator.accuracy(TINY_ARCHITECTURE, 'test')]; // prettier-ignore
  };
  const { weights, policy } = splitImages(1000, config.trainFraction, config.batch, config.seed);
  const choosing = new Set(policy.slice(0, 40));
  assert.ok(weights.every((n) => !choosing.has(n)));
  // Every image is taken for one class, whatever its label: with each label once, the hits add up to the images.
  const hits = [0, 0];
  for (let label = 0; label < 10; label++) {
    const [selection, tested] = await judged({
      ...sample,
      train: relabelled(sample.train, (n) => (choosing.has(n) ? label : null)),
      test: relabelled(sample.test, (n) => (n < 24 ? label : null)),
    });
    hits[0]! += Math.round(40 * selection!);
    hits[1]! += Math.round(24 * tested!);
  }
  assert.equal(hits, [40, 24]);
  // and no other image counts
  const others = {
    ...sample,
    train: relabelled(sample.train, (n) => (choosing.has(n) ? null : n % 10)),
    test: relabelled(sample.test, (n) => (n < 24 ? null : n % 10)),
  };
  assert.equal(await judged(others), await judged(sample));
});

test('images come in whole batches: all of them where no number is given, an error where there are not so many', async () => {
  const { engine, config, run } = await tinyRun;
  const open = (count: object, data: Dataset = sample) =>
    openFinishedRun(engine, config, run, data, RUN, count);
  // 250 images each, batches of 8
  assert.equal((await open({})).images, { selection: 248, test: 248 });
  const refusal = async (count: object, data?: Dataset) => open(count, data).then(String, (error: Error) => error.message); // prettier-ignore
  assert.is(
    await refusal({ selectImages: 100 }),
    "--select-images: got 100, expected a multiple of the search's batch of 8 images, at most 248, or 0 for all",
  );
  assert.match(await refusal({ testImages: 256 }), /^--test-images: got 256, expected .* at most 248/);
  const few = { ...sample, test: { images: sample.test.images.slice(0, 3 * 3072), labels: sample.test.labels.slice(0, 3) } }; // prettier-ignore
  assert.is(
    await refusal({}, few),
    '--test-images: the data has 3 such images, less than a batch of the search (8)',
  );
});

test.run();
