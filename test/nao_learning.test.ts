// NAO on a problem with a known best architecture, which it never sees: an architecture is worth the share of its tokens
// that are those of a cell drawn for the purpose.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import type { Cell } from '../src/arch/genotype.ts';
import type { Primitive } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { createRng } from '../src/core/rng.ts';
import { inOrder, runSteps } from '../src/core/step.ts';
import { download } from '../src/core/transfer.ts';
import { type NaoConfig, NAO_DEFAULTS, NaoLearner } from '../src/nao/learner.ts';
import { ranks } from '../src/nao/normalise.ts';
import { tokenLayout, tokensOf } from '../src/nao/tokens.ts';
import type { Pair } from '../src/nao/training.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { testEngine } from './support/device.ts';

const SEED = 23;
const UPDATES = 300;
const primitives: readonly Primitive[] = ['conv_3x3', 'sep_conv_3x3', 'max_pool_3x3', 'skip_connect'];
const space = { nodes: 2, primitives };
const layout = tokenLayout({ ...space, cells: 1 });

const CONFIG: NaoConfig = {
  ...NAO_DEFAULTS,
  seed: SEED,
  sizes: { embedding: 8, hidden: 32, predictor: 16 },
  batch: 64,
  lr: 5e-3,
};

const rng = createRng(SEED, 0);
const best = sampleCell(space, rng);

function worth(cell: Cell): number {
  const tokens = tokensOf(layout, [best]);
  return tokensOf(layout, [cell]).filter((token, i) => token === tokens[i]).length / tokens.length;
}

/** Cells that have at most six of the best one's eight tokens. */
const known = Array.from({ length: 400 }, () => sampleCell(space, rng)).filter((cell) => worth(cell) < 0.8);
const normalised = ranks(known.map(worth));
const pairs = known.map((cell, i): Pair => ({ tokens: tokensOf(layout, [cell]), accuracy: normalised[i]! }));
const others = Array.from({ length: 64 }, () => sampleCell(space, rng));

async function train(engine: GpuEngine, updates: number, seed = SEED): Promise<NaoLearner> {
  const learner = await NaoLearner.open(engine, layout, { ...CONFIG, seed });
  for (let step = 0; step < updates; step++) learner.update(pairs, step);
  return learner;
}

test(`nao: from other architectures it reaches the best, which it never saw (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const learner = await train(engine, UPDATES);
  const { moves } = learner.program;
  const predictions = async () => Array.from((await download(engine, moves.predictions))[0]!);
  const sequences = others.map((cell) => tokensOf(layout, [cell]));
  runSteps(engine, inOrder(moves.encode(sequences), moves.predict));
  let before = await predictions();
  for (let step = 0; step < 3; step++) {
    runSteps(engine, inOrder(moves.ascend, moves.predict));
    const after = await predictions();
    assert.ok(after.every((value, i) => value > before[i]!), `step ${step} lowers a prediction`); // prettier-ignore
    before = after;
  }

  const proposals = await learner.propose(others.map((cell) => [cell]));
  const reached = proposals.map((own) => own.reduce((a, b) => (b.predicted > a.predicted ? b : a)).cells[0]!);
  const mean = (cells: readonly Cell[]) => cells.reduce((sum, cell) => sum + worth(cell), 0) / cells.length;
  assert.ok(mean(others) < 0.4 && mean(reached) > 0.8, `worth ${mean(others)}, then ${mean(reached)}`);
  // one of 9,216 cells: 64 drawn at random would hold it once in 144 times
  assert.ok(
    reached.some((cell) => worth(cell) === 1),
    'none reached the best',
  );
  for (const [i, own] of proposals.entries()) {
    const texts = [others[i]!, ...own.map(({ cells }) => cells[0]!)].map((cell) => JSON.stringify(cell));
    assert.is(new Set(texts).size, texts.length, 'an architecture was proposed twice, or is the given one');
  }
});

test('nao: the same seed gives the same bytes, another seed others, and so does a learner that goes on from a copy', async () => {
  const engine = await testEngine();
  const bytes = async (learner: NaoLearner) =>
    Object.values(await exportParameters(engine, learner.program.model.weights)).map(({ data }) => [...data]);
  const first = await train(engine, 20);
  const whole = await bytes(first);
  assert.equal(await bytes(await train(engine, 20)), whole);
  assert.not.equal(await bytes(await train(engine, 20, SEED + 1)), whole);

  const half = await train(engine, 10);
  const resumed = await NaoLearner.open(engine, layout, CONFIG);
  for (const [name, region] of Object.entries(half.program.state)) {
    engine.write(resumed.program.state[name]!, (await engine.read(region))[0]!);
  }
  for (let step = 10; step < 20; step++) resumed.update(pairs, step);
  assert.equal(await bytes(resumed), whole);
  assert.equal(await resumed.takeMetrics(), await first.takeMetrics());
});

test('nao: accuracies become ranks, and equals share theirs', () => {
  assert.equal([...ranks([30, 10, 20])], [1, 0, 0.5]);
  assert.equal([...ranks([5, 7, 5, 9, 5])], [0.25, 0.75, 0.25, 1, 0.25]);
  assert.equal([...ranks([3])], [0.5]);
  assert.equal([...ranks([])], []);
});

test.run();
