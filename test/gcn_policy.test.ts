// The GCN policy against a plain one in float64, for every adjacency: probabilities, and by finite differences the
// gradient of the REINFORCE loss for every baseline. And what all policies can do: take several architectures at a time,
// leave edges as they are.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { actionSpace } from '../src/arch/action_space.ts';
import type { Cell } from '../src/arch/genotype.ts';
import { LOOSE_END_PRIMITIVES, NAT_PLUS_PLUS_PRIMITIVES } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { createRng } from '../src/core/rng.ts';
import { commandsOnly, runSteps, writesOnly } from '../src/core/step.ts';
import { download } from '../src/core/transfer.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { type Adjacency, ADJACENCIES } from '../src/policy/adjacency.ts';
import { type Baseline, BASELINES } from '../src/policy/baseline.ts';
import { gcnPolicy } from '../src/policy/gcn_policy.ts';
import { createPolicy, POLICY_KINDS } from '../src/policy/policies.ts';
import { allowedActions, type Policy, type Readout } from '../src/policy/policy.ts';
import { recordPolicyGradient } from '../src/policy/policy_gradient.ts';
import { testEngine } from './support/device.ts';
import { differences } from './support/differences.ts';
import { near } from './support/near.ts';
import { plainEntropy, plainLogProb, plainProbabilities, type PlainWeights } from './support/plain_gcn.ts';

const SEED = 11;
const NODES = 3;
/** B architectures of two cells, n transformations of each. */
const [BATCH, SAMPLES] = [2, 3] as const;
const CELLS = 2 * BATCH;
const EDGES = 2 * NODES * CELLS;
const LAMBDA = 0.3;
const DECAY = 0.75;
const SIZES = { embedding: 6, features: 14, hidden: [10, 9] } as const;

const primitives = LOOSE_END_PRIMITIVES;
const space = actionSpace(NAT_TRANSITIONS);

const cellsOf = (count: number, seed: number): Cell[] => {
  const rng = createRng(seed, 0);
  return Array.from({ length: count }, () => sampleCell({ nodes: NODES, primitives }, rng));
};

function build(engine: GpuEngine, policy: Policy, baseline: Baseline = 'none', samples = 1) {
  policy.weights.allocate(engine);
  const allocator = directAllocator(engine);
  const memory = { activations: allocator, scratch: allocator };
  const setting = { architectures: policy.batch, samples, baseline, baselineDecay: DECAY };
  const gradient = recordPolicyGradient(engine, memory, policy, setting);
  engine.submit(recordInitialisation(engine, policy.weights, SEED, 0));
  runSteps(engine, gradient.initialise);
  return gradient;
}

/** R - b, by the definition of the baseline; rewards (n,B). */
function advantages(rewards: readonly number[], baseline: Baseline): number[] {
  let average = 0;
  return rewards.map((reward, i) => {
    if (baseline === 'none') return reward;
    if (baseline === 'leave-one-out') {
      const others = rewards.filter((_, j) => j !== i && j % BATCH === i % BATCH);
      return reward - others.reduce((sum, other) => sum + other, 0) / others.length;
    }
    if (baseline === 'best') {
      const own = rewards.filter((_, j) => j % BATCH === i % BATCH);
      const best = Math.max(...own);
      return reward < best ? -1 : own.length / own.filter((other) => other === best).length - 1;
    }
    const before = average;
    average = DECAY * average + (1 - DECAY) * reward;
    return reward - before;
  });
}

const variants: readonly (readonly [Adjacency, Baseline, Readout])[] = [
  ...ADJACENCIES.map((kind, i) => [{ kind, normalizeRows: false }, BASELINES[i]!, 'node'] as const),
  [{ kind: 'self-loops', normalizeRows: true }, 'leave-one-out', 'node'],
  [{ kind: 'directed', normalizeRows: false }, 'best', 'cell'],
  [{ kind: 'paper', normalizeRows: false }, 'leave-one-out', 'cell'],
];

for (const [adjacency, baseline, readout] of variants) {
  const { kind, normalizeRows } = adjacency;
  const name = `${kind}${normalizeRows ? ' with normalised rows' : ''}, readout ${readout}, baseline ${baseline}`;
  test(`gcn, ${name}: probabilities and gradient are those in float64 (seed ${SEED})`, async () => {
    const engine = await testEngine();
    const policy = gcnPolicy({ primitives, nodes: NODES, space, adjacency, readout, batch: BATCH }, SIZES);
    const gradient = build(engine, policy, baseline, SAMPLES);
    const rng = createRng(SEED, 1);
    const cells = cellsOf(CELLS, SEED);
    const taken = Int32Array.from({ length: SAMPLES * EDGES }, () => rng.int(space.count));
    const rewards = Float32Array.from({ length: SAMPLES * BATCH }, () => rng.uniform() - 0.5);
    // two samples of the second architecture are equally good
    rewards[BATCH + 1] = rewards[1] = 0.75;
    runSteps(engine, gradient.forward(cells), gradient.weighEntropy(LAMBDA));
    const written = writesOnly(
      { region: gradient.actions, data: taken },
      { region: gradient.rewards, data: rewards },
    );
    runSteps(engine, written, commandsOnly(gradient.backward));

    const [got, totals, state] = await download(
      engine,
      gradient.probabilities,
      gradient.totals,
      gradient.state,
    );
    const values = await exportParameters(engine, policy.weights);
    const weights: PlainWeights = Object.fromEntries(
      Object.entries(values).map(([key, { data }]) => [key, Float64Array.from(data as Float32Array)]),
    );
    const plain = (): number[][][] =>
      cells.map((cell) => plainProbabilities(weights, adjacency, cell, primitives, readout));
    near(got!, plain().flat(2), 1e-5, 'probabilities');

    const advantage = advantages([...rewards], baseline);
    const parts = () => {
      const probabilities = plain();
      const of = (b: number) => probabilities.slice(2 * b, 2 * b + 2).flat();
      const logPi = advantage.map((_, i) =>
        plainLogProb(of(i % BATCH), taken.subarray((i * EDGES) / BATCH, ((i + 1) * EDGES) / BATCH)),
      );
      const entropies = Array.from({ length: BATCH }, (_, b) => plainEntropy(of(b)));
      return { logPi, entropies };
    };
    const sum = (xs: readonly number[]): number => xs.reduce((total, x) => total + x, 0);
    const loss = (): number => {
      const { logPi, entropies } = parts();
      const reinforced = sum(logPi.map((log, i) => log * advantage[i]!)) / (BATCH * SAMPLES);
      return -reinforced - (LAMBDA * sum(entropies)) / BATCH;
    };
    const { logPi, entropies } = parts();
    const expected = [rewards.length, sum([...rewards]), 0, 0, sum(logPi), SAMPLES * sum(entropies)];
    near(totals!, expected, 1e-5, 'totals');
    const average = [...rewards].reduce((b, reward) => DECAY * b + (1 - DECAY) * reward, 0);
    near(state!, [baseline === 'moving-average' ? average : 0], 1e-5, 'moving average');

    const grads = await exportParameters(engine, policy.weights, 'grads');
    for (const [parameter, data] of Object.entries(weights)) {
      const at = Array.from({ length: 12 }, () => rng.int(data.length));
      const grad = grads[parameter]!.data as Float32Array;
      near(at.map((i) => grad[i]!), differences(data, at, loss), 2e-4, `gradient of ${parameter}`, 1e-6); // prettier-ignore
    }
    assert.is(Object.keys(weights).length, 10);
  });
}

for (const kind of POLICY_KINDS) {
  for (const table of [NAT_TRANSITIONS, NAT_PLUS_PLUS_TRANSITIONS]) {
    test(`${kind}, ${table.name}: 5 architectures at a time have the probabilities of each alone`, async () => {
      const engine = await testEngine();
      const names = NAT_PLUS_PLUS_PRIMITIVES;
      const form =
        table === NAT_TRANSITIONS
          ? ({ adjacency: { kind: 'symmetric', normalizeRows: false }, readout: 'node' } as const)
          : ({ adjacency: { kind: 'directed', normalizeRows: false }, readout: 'cell' } as const);
      const options = { primitives: names, nodes: NODES, space: actionSpace(table), ...form };
      const single = build(engine, createPolicy(kind, options));
      const batched = build(engine, createPolicy(kind, { ...options, batch: 5 }));
      const rng = createRng(SEED, 3);
      const cells = Array.from({ length: 10 }, () => sampleCell({ nodes: NODES, primitives: names }, rng));
      runSteps(engine, batched.forward(cells));
      const [together] = await download(engine, batched.probabilities);
      const alone: number[] = [];
      for (let at = 0; at < cells.length; at += 2) {
        runSteps(engine, single.forward(cells.slice(at, at + 2)));
        alone.push(...(await download(engine, single.probabilities))[0]!);
      }
      assert.is(together!.length, alone.length);
      const worst = Math.max(...alone.map((p, i) => Math.abs(p - together![i]!)));
      assert.ok(worst <= 1e-6, `they differ by ${worst}`);
    });
  }
}

for (const kind of POLICY_KINDS) {
  test(`${kind}: fixed edges keep their operation with probability 1, and have no gradient`, async () => {
    const engine = await testEngine();
    const fixed = [1, 6];
    const table = { kind: 'symmetric', normalizeRows: false } as const;
    const options = { primitives, nodes: NODES, space, adjacency: table, batch: 2, cells: 2, fixed };
    const policy = createPolicy(kind, options);
    const gradient = build(engine, policy);
    const cells = cellsOf(4, SEED);
    runSteps(engine, gradient.forward(cells));
    const [probabilities] = await download(engine, gradient.probabilities);
    const allowed = allowedActions(policy, cells);
    cells.flat().forEach(([op], edge) => {
      const row = [...probabilities!.subarray(edge * space.count, (edge + 1) * space.count)];
      const isFixed = fixed.includes(edge % 12);
      assert.is(row.includes(1), isFixed, `edge ${edge}: ${row}`);
      if (isFixed) assert.is(space.target(op, row.indexOf(1)), op);
      assert.is(allowed[edge]!.filter(Boolean).length, isFixed ? 1 : space.count);
    });
    if (policy.weights.count === 0) return;
    // Whatever the reward, edges that are fixed move nothing.
    const all = Array.from({ length: 12 }, (_, edge) => edge);
    const still = createPolicy(kind, { ...options, fixed: all });
    const stillGradient = build(engine, still);
    const kept = Int32Array.from(allowedActions(still, cells), (mask) => mask.indexOf(1));
    runSteps(engine, stillGradient.forward(cells), stillGradient.weighEntropy(1));
    const written = writesOnly(
      { region: stillGradient.actions, data: kept },
      { region: stillGradient.rewards, data: Float32Array.of(1, 2) },
    );
    runSteps(engine, written, commandsOnly(stillGradient.backward));
    for (const [name, { data }] of Object.entries(await exportParameters(engine, still.weights, 'grads'))) {
      assert.ok(
        (data as Float32Array).every((grad) => grad === 0),
        name,
      );
    }
  });
}

test.run();
