// An update of theta in the search: rewards that are made on the GPU, and m architectures that go through the policy
// together. What it adds to the gradients is what each architecture adds alone, and what a search computes in one step
// is Algorithm 1 written down plainly.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Device, Region } from '../runtime/engine/engine.ts';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { actionSpace, transform } from '../src/arch/action_space.ts';
import type { Architecture, Cell } from '../src/arch/genotype.ts';
import { NAT_PLUS_PLUS_PRIMITIVES } from '../src/arch/primitives.ts';
import { sampleArchitecture, sampleCell } from '../src/arch/search_space.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { createTensor, directAllocator } from '../src/core/allocator.ts';
import { createRng, STREAM, stepRng } from '../src/core/rng.ts';
import { commandsOnly, runSteps, writesOnly } from '../src/core/step.ts';
import { download } from '../src/core/transfer.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { ADJACENCIES } from '../src/policy/adjacency.ts';
import { type Baseline, BASELINES } from '../src/policy/baseline.ts';
import { gcnPolicy } from '../src/policy/gcn_policy.ts';
import { lstmPolicy } from '../src/policy/lstm_policy.ts';
import { allowedActions, type Policy, type PolicyOptions } from '../src/policy/policy.ts';
import { recordPolicyGradient, REINFORCE_TOTALS } from '../src/policy/policy_gradient.ts';
import { recordReinforce } from '../src/policy/reinforce.ts';
import { sampleTransformations } from '../src/policy/sampling.ts';
import type { SearchConfig } from '../src/search/config.ts';
import { createCostChange } from '../src/search/cost_change.ts';
import { planSearch, SearchSession } from '../src/search/session.ts';
import { testEngine } from './support/device.ts';
import { sample, TINY } from './support/search_run.ts';

const SEED = 13;
const NODES = 3;
/** m architectures, n transformations of each. */
const [M, N] = [3, 2] as const;
const EDGES = 4 * NODES;
const DECAY = 0.75;
const COST_WEIGHT = 0.5;
const LAMBDA = 0.3;
const IMAGES = 16;

const primitives = NAT_PLUS_PLUS_PRIMITIVES;

/** R - b of transformations in order of sample and architecture, by the definition of the baseline. */
function advantages(rewards: readonly number[], baseline: Baseline): number[] {
  let average = 0;
  return rewards.map((reward, i) => {
    const before = average;
    average = DECAY * average + (1 - DECAY) * reward;
    const others = rewards.filter((_, j) => j !== i && j % M === i % M);
    const leftOut = others.reduce((sum, other) => sum + other, 0) / others.length;
    const best = Math.max(reward, ...others);
    const sharing = [reward, ...others].filter((other) => other === best).length;
    return {
      none: reward,
      'moving-average': reward - before,
      'leave-one-out': reward - leftOut,
      best: reward === best ? (others.length + 1) / sharing - 1 : -1,
    }[baseline];
  });
}

const memoryOf = (engine: GpuEngine) => {
  const allocator = directAllocator(engine);
  return { activations: allocator, scratch: allocator };
};

const CREATE = {
  gcn: (options: PolicyOptions): Policy =>
    gcnPolicy(options, { embedding: 6, features: 14, hidden: [10, 9] }),
  lstm: lstmPolicy,
};

function build(engine: GpuEngine, kind: keyof typeof CREATE, options: PolicyOptions): Policy {
  const policy = CREATE[kind](options);
  policy.weights.allocate(engine);
  engine.submit(recordInitialisation(engine, policy.weights, SEED, 0));
  return policy;
}

const gradsOf = async (engine: GpuEngine, { weights }: Policy): Promise<number[]> =>
  Object.values(await exportParameters(engine, weights, 'grads')).flatMap(({ data }) => [
    ...(data as Float32Array),
  ]);

/** Fails unless gradients are the same within 1e-6, and some are not 0. */
function assertSame(got: readonly number[], want: readonly number[]): void {
  const largest = (xs: readonly number[]): number => xs.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  assert.is(got.length, want.length);
  assert.ok(largest(want) > 1e-3, 'there is a gradient');
  const worst = largest(want.map((grad, i) => grad - got[i]!));
  assert.ok(worst <= 1e-6, `they differ by ${worst}`);
}

const VARIANTS: readonly (readonly [keyof typeof CREATE, Partial<PolicyOptions>, Baseline])[] = [
  ...ADJACENCIES.map(
    (kind, i) => ['gcn', { adjacency: { kind, normalizeRows: false } }, BASELINES[i]!] as const,
  ),
  ['lstm', {}, 'leave-one-out'],
  ['gcn', { space: actionSpace(NAT_PLUS_PLUS_TRANSITIONS) }, 'moving-average'],
];

for (const [kind, chosen, baseline] of VARIANTS) {
  const { space = actionSpace(NAT_TRANSITIONS), adjacency } = chosen;
  const name = `${kind}${adjacency ? `, ${adjacency.kind}` : ''}, ${space.table.name}, ${baseline}`;
  test(`${name}: ${M} architectures at a time have the gradient of ${M} alone (seed ${SEED})`, async () => {
    const engine = await testEngine();
    const options = { primitives, nodes: NODES, space, ...chosen };
    const together = build(engine, kind, { ...options, batch: M });
    const rng = createRng(SEED, 0);
    const cells: Cell[] = Array.from({ length: 2 * M }, () => sampleCell({ nodes: NODES, primitives }, rng));
    const allowed = allowedActions(together, cells);
    const uniform = new Float32Array(allowed.length * space.count);
    const actions = sampleTransformations(uniform, allowed, N, rng);
    const costs = Float32Array.from({ length: N * M }, () => rng.int(9) / 8 - 0.5);
    const hits = { before: Array.from({ length: M }, () => rng.int(IMAGES)) };
    const after = Array.from({ length: N * M }, () => rng.int(IMAGES));
    const rewards = after.map((hit, i) => (hit - hits.before[i % M]!) / IMAGES - COST_WEIGHT * costs[i]!);

    const counts = {
      before: createTensor(engine, 'before', [4]),
      after: createTensor(engine, 'after', [4]),
    };
    const setting = { baseline, baselineDecay: DECAY, samples: N, costWeight: COST_WEIGHT };
    const reinforce = recordReinforce(engine, memoryOf(engine), together, counts, setting);
    runSteps(engine, reinforce.initialise, reinforce.weighEntropy(LAMBDA), reinforce.forward(cells, allowed));
    runSteps(engine, reinforce.take(actions, costs));
    // Architecture after architecture, as a search scores them.
    for (let b = 0; b < M; b++) {
      engine.write(counts.before, Float32Array.of(1, hits.before[b]!, 9, IMAGES));
      for (let i = b; i < N * M; i += M) {
        engine.write(counts.after, Float32Array.of(1, after[i]!, 9, IMAGES));
        runSteps(engine, reinforce.score(i));
      }
    }
    runSteps(engine, reinforce.backward);
    const got = await gradsOf(engine, together);
    const [totals, state] = await download(engine, reinforce.totals, reinforce.state);

    const alone = build(engine, kind, { ...options, batch: 1 });
    const gradient = recordPolicyGradient(engine, memoryOf(engine), alone, { ...setting, baseline: 'none' });
    const advantage = advantages(rewards, baseline);
    const want = got.map(() => 0);
    runSteps(engine, gradient.initialise, gradient.weighEntropy(LAMBDA));
    for (let b = 0; b < M; b++) {
      const mine = Array.from({ length: N }, (_, s) => s * M + b);
      const taken = mine.flatMap((i) => [...actions.subarray(i * EDGES, (i + 1) * EDGES)]);
      runSteps(
        engine,
        commandsOnly([engine.recordClear(alone.weights.grads)]),
        gradient.forward(cells.slice(2 * b, 2 * b + 2)),
        writesOnly(
          { region: gradient.actions, data: Int32Array.from(taken) },
          { region: gradient.rewards, data: Float32Array.from(mine, (i) => advantage[i]!) },
        ),
        commandsOnly(gradient.backward),
      );
      (await gradsOf(engine, alone)).forEach((grad, i) => (want[i]! += grad / M));
    }
    assertSame(got, want);

    const [singles] = await download(engine, gradient.totals);
    const total = (of: ArrayLike<number>, key: (typeof REINFORCE_TOTALS)[number]) =>
      of[REINFORCE_TOTALS.indexOf(key)]!;
    const sum = (xs: readonly number[]): number => xs.reduce((s, x) => s + x, 0);
    // The figures that a reward is made of are exact in f32.
    assert.is(total(totals!, 'steps'), N * M);
    assert.is(total(totals!, 'reward'), sum(rewards));
    assert.is(total(totals!, 'before'), (N * sum(hits.before)) / IMAGES);
    assert.is(total(totals!, 'after'), sum(after) / IMAGES);
    for (const key of ['logProb', 'entropy'] as const) {
      assert.ok(Math.abs(total(totals!, key) / total(singles!, key) - 1) < 1e-6, key);
    }
    const average = rewards.reduce((b, reward) => DECAY * b + (1 - DECAY) * reward, 0);
    assert.ok(Math.abs(state![0]! - (baseline === 'moving-average' ? average : 0)) < 1e-6);
  });
}

/** The device, with a count of its readbacks. */
function countingReads(device: Device): { readonly device: Device; readonly count: () => number } {
  let reads = 0;
  const read = (...regions: readonly Region[]) => {
    reads++;
    return device.read(...regions);
  };
  return { device: Object.assign(Object.create(device) as Device, { read }), count: () => reads };
}

test(`a step of theta is Algorithm 1 for ${M} architectures, and waits once (seed ${TINY.seed})`, async () => {
  const engine = await testEngine();
  const config: SearchConfig = {
    ...TINY,
    architectures: M,
    samples: N,
    baseline: 'leave-one-out',
    costWeight: COST_WEIGHT,
  };
  const counting = countingReads(engine);
  const plan = planSearch(engine, config, sample.train.labels.length);
  const session = await SearchSession.open(counting.device, plan, sample.train, () => 0);
  const { policy, supernet, feed, model, clear, memory } = session.program;
  const indices = Int32Array.from({ length: config.batch }, (_, i) => 3 * i);
  const STEP = 5;

  // What the step should draw and measure, one thing after the other.
  const rng = stepRng(config.seed, STREAM.policyArchitecture, STEP);
  const betas = Array.from({ length: M }, () => sampleArchitecture(model.config, rng));
  const rows: Float32Array[] = [];
  for (const beta of betas) rows.push(await session.probabilities(beta));
  const probabilities = Float32Array.from(rows.flatMap((row) => [...row]));
  const cells = betas.flatMap(({ normal, reduce }) => [normal, reduce]);
  const draws = stepRng(config.seed, STREAM.actions, STEP);
  const actions = sampleTransformations(probabilities, allowedActions(policy, cells), N, draws);
  const edges = policy.edges / M;
  const batch = feed.batch(indices, stepRng(config.seed, STREAM.augment, 2 * STEP + 1));
  const accuracy = async (arch: Architecture): Promise<number> => {
    runSteps(engine, batch, clear.evaluation, supernet.forward(arch, 'evaluation'));
    const [counts] = await download(engine, memory.metrics.evaluation);
    return counts![1]! / counts![3]!;
  };
  const costChange = createCostChange(model.config.looseEnd);
  const rewards: number[] = [];
  const accuracies = { before: 0, after: 0 };
  for (let i = 0; i < N * M; i++) {
    const beta = betas[i % M]!;
    const alpha = transform(policy.space, beta, actions.subarray(i * edges, (i + 1) * edges));
    const [before, after] = [await accuracy(beta), await accuracy(alpha)];
    rewards.push(after - before - COST_WEIGHT * costChange(beta, alpha));
    accuracies.before += before / (N * M);
    accuracies.after += after / (N * M);
  }
  assert.ok(new Set(rewards).size > 2, `rewards differ: ${rewards}`);

  const readsBefore = counting.count();
  await session.policyStep(indices, STEP, 0, LAMBDA);
  assert.is(counting.count() - readsBefore, 1);
  const got = await gradsOf(engine, policy);
  const metrics = await session.takePolicyMetrics();
  const close = (value: number, expected: number, what: string) =>
    assert.ok(Math.abs(value - expected) < 1e-6, `${what}: ${value}, expected ${expected}`);
  close(metrics.reward, rewards.reduce((sum, reward) => sum + reward, 0) / (N * M), 'reward');
  close(metrics.accuracyBefore, accuracies.before, 'accuracy before');
  close(metrics.accuracyAfter, accuracies.after, 'accuracy after');

  // The gradient of these rewards, by a policy with the same weights.
  const { nodes, primitives } = model.config;
  const space = actionSpace(NAT_TRANSITIONS);
  const plain = gcnPolicy({ primitives, nodes, space, batch: M });
  plain.weights.allocate(engine);
  const [values] = await engine.read(policy.weights.values);
  engine.write(plain.weights.values, values!);
  const gradient = recordPolicyGradient(engine, memoryOf(engine), plain, config);
  runSteps(engine, gradient.initialise, gradient.weighEntropy(LAMBDA), gradient.forward(cells));
  const written = writesOnly(
    { region: gradient.actions, data: actions },
    { region: gradient.rewards, data: Float32Array.from(rewards) },
  );
  runSteps(engine, written, commandsOnly(gradient.backward));
  const want = await gradsOf(engine, plain);
  assertSame(got, want);
});

test.run();
