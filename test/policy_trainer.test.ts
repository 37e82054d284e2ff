// Policies trained on rewards of the host: what they can learn depends on what their graph shows them. Here an edge's
// right action follows from its own operation, and the reward is the share of edges on which it was taken. With the
// paper's adjacency an edge sees nothing of its own operation, so that no policy is better than always the same action.
// All edges leave the cell's inputs: where nodes feed one another too, the symmetric matrix mixes each with its
// neighbours, and the same training ended at 0.9 (seeds 3 and 4, up to 500 steps, sizes up to 64).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { actionSpace } from '../src/arch/action_space.ts';
import type { Edge } from '../src/arch/genotype.ts';
import { FULLY_CONCAT_PRIMITIVES, type Primitive } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { ACTIONS, NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { UserError } from '../runtime/errors.ts';
import { linear } from '../src/optim/schedule.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import type { AdjacencyKind } from '../src/policy/adjacency.ts';
import { gcnPolicy } from '../src/policy/gcn_policy.ts';
import { bestActions, legality } from '../src/policy/sampling.ts';
import {
  type PolicyTask,
  PolicyTrainer,
  type PolicyTrainingConfig,
  trainPolicy,
} from '../src/policy/trainer.ts';
import { testEngine } from './support/device.ts';

const SEED = 3;
const NODES = 3;
const primitives = FULLY_CONCAT_PRIMITIVES;
const space = actionSpace(NAT_TRANSITIONS);
const SIZES = { embedding: 16, features: 48, hidden: [32, 32] } as const;

/** Operations are told apart by the parity of their number. */
const isEven = (op: Primitive): boolean => primitives.indexOf(op) % 2 === 0;

/** What an edge should become: null or itself. */
const rightOf = (op: Primitive): Primitive => (isEven(op) ? 'null' : op);

const task: PolicyTask = {
  sample: (rng) => [
    sampleCell({ nodes: NODES, primitives }, rng).map(([op, , to], i): Edge => [op, i % 2, to]),
  ],
  reward(before, after) {
    const edges = after.flat();
    const right = before.flat().filter(([op], i) => rightOf(op) === edges[i]![0]);
    return right.length / edges.length;
  },
};

const CONFIG: PolicyTrainingConfig = {
  seed: SEED,
  steps: 250,
  samples: 4,
  baseline: 'leave-one-out',
  baselineDecay: 0,
  entropy: 0.02,
  entropyEnd: 0,
  lr: 3e-3,
  betas: [0.5, 0.999],
  weightDecay: 0,
};

const create =
  (kind: AdjacencyKind, batch = 8) =>
  () =>
    gcnPolicy(
      { primitives, nodes: NODES, space, adjacency: { kind, normalizeRows: false }, batch, cells: 1 },
      SIZES,
    );

const sampled = (count: number, rng: Rng) => Array.from({ length: count }, () => task.sample(rng));

/** Mean reward of the most probable actions on cells that were not trained on. */
async function rewardOf(trainer: PolicyTrainer): Promise<number> {
  const cells = sampled(101, createRng(SEED + 1, 0));
  const probabilities = await trainer.probabilities(cells);
  const each = 2 * NODES * space.count;
  const rewards = cells.map((before, i) => {
    const actions = new Int32Array(2 * NODES);
    bestActions(
      probabilities.subarray(i * each, (i + 1) * each),
      actions,
      legality(before.flat().map(([op]) => space.mask(op))),
    );
    return task.reward(before, [space.apply(before[0]!, actions)]);
  });
  return rewards.reduce((sum, reward) => sum + reward, 0) / rewards.length;
}

/** Of the best policy that takes the same action whatever the operation. */
function blindReward(): number {
  const drawn = primitives.filter((op) => op !== 'null');
  const share = (action: (typeof ACTIONS)[number]): number => {
    const becomes = (op: Primitive): Primitive => (action === 'same' ? op : action);
    return drawn.filter((op) => becomes(op) === rightOf(op)).length / drawn.length;
  };
  return Math.max(...ACTIONS.map(share));
}

test(`trainer: an edge's own operation is seen with the symmetric adjacency, not with the paper's (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const paper = await rewardOf(await trainPolicy(engine, create('paper'), CONFIG, task));
  const symmetric = await rewardOf(await trainPolicy(engine, create('symmetric'), CONFIG, task));
  const blind = blindReward();
  assert.ok(symmetric > 0.95, `symmetric: ${symmetric}, expected over 0.95`);
  assert.ok(paper < blind + 0.1, `paper: ${paper}, expected about ${blind}`);
});

test('trainer: the same seed gives the same theta, another seed another; metrics are means', async () => {
  const engine = await testEngine();
  const config = { ...CONFIG, steps: 3 };
  const theta = async (seed: number) => {
    const trainer = await trainPolicy(engine, create('symmetric', 3), { ...config, seed }, task);
    const weights = await exportParameters(engine, trainer.weights);
    return { trainer, weights: Object.values(weights).flatMap(({ data }) => [...data]) };
  };
  const [first, again, other] = [await theta(1), await theta(1), await theta(2)];
  assert.equal(again.weights, first.weights);
  assert.not.equal(other.weights, first.weights);
  const metrics = await first.trainer.takeMetrics();
  assert.ok(metrics.reward > 0 && metrics.reward < 1, `reward ${metrics.reward}`);
  // 6 edges of 3 actions, nearly uniform at first
  assert.ok(Math.abs(metrics.entropy - 6 * Math.log(3)) < 1.5, `entropy ${metrics.entropy}`);
  const taken = await first.trainer.takeMetrics();
  assert.ok(Number.isNaN(taken.reward), 'the sums begin anew');
});

test('trainer: leaving one out of one is refused', async () => {
  const engine = await testEngine();
  try {
    await PolicyTrainer.open(engine, create('paper'), { ...CONFIG, samples: 1 });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, /^--baseline: got leave-one-out, .* --samples of 2 or more$/);
  }
});

test('trainer: what moves over the steps begins and ends where it should', () => {
  assert.equal([0, 1, 2].map((step) => linear(0.5, 0.25, step, 3)), [0.5, 0.375, 0.25]); // prettier-ignore
  assert.is(linear(0.003, 0.003, 17, 400), 0.003);
  assert.is(linear(0.5, 0.25, 0, 1), 0.5);
});

test.run();
