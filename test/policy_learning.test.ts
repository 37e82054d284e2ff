// The policy on a problem with a known best answer: the first edge of every node should become null, the second a
// skip connection, and the reward is the share of edges on which that happened. REINFORCE must find it from the
// reward alone. (The right action may not depend on the edge's own operation: A has no self-loops, so the
// reference's GCN does not see it.)
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/allocator.ts';
import type { Cell } from '../src/nas/genotype.ts';
import { FULLY_CONCAT_PRIMITIVES } from '../src/nas/primitives.ts';
import { sampleArchitecture } from '../src/nas/search_space.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { recordAdam } from '../src/optim/adam.ts';
import { gcnPolicy } from '../src/policy/policy.ts';
import { entropyGradient, recordReinforce } from '../src/policy/reinforce.ts';
import { bestActions, sampleActions } from '../src/policy/sampling.ts';
import { createRng, STREAM } from '../src/rng.ts';
import { tensorAt } from '../src/tensor.ts';
import { download } from '../src/transfer.ts';
import { testEngine } from './support/device.ts';

const SEED = 5;
const STEPS = 300;
const NODES = 3;

/** Actions: 0 null, 1 same, 2 skip_connect. */
const rightAction = (edge: number): number => (edge % 2 === 0 ? 0 : 2);

const shareRight = (actions: Int32Array): number =>
  actions.filter((action, edge) => action === rightAction(edge)).length / actions.length;

test(`the GCN policy finds the known best transformation (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const policy = gcnPolicy(FULLY_CONCAT_PRIMITIVES, NODES, false);
  policy.weights.allocate(engine);
  const inputs = policy.allocate(engine);
  const counts = (label: string) => tensorAt(engine.createBuffer(label, 16), 0, [4]);
  const [before, after] = [counts('before'), counts('after')];
  const config = { entropy: 0.003, baseline: 'moving-average', baselineDecay: 0.9, samples: 1 } as const;
  const allocator = directAllocator(engine);
  const memory = { activations: allocator, scratch: allocator };
  const reinforce = recordReinforce(engine, memory, inputs, before, after, config);
  const adam = recordAdam(engine, policy.weights, { betas: [0.5, 0.999], eps: 1e-8, weightDecay: 0 });
  engine.submit(recordInitialisation(engine, policy.weights, SEED, 0));
  engine.write(reinforce.gradEntropy, entropyGradient(config));
  engine.write(before, new Float32Array([0, 0, 0, 1]));
  inputs.prepare(engine);

  const space = { nodes: NODES, primitives: FULLY_CONCAT_PRIMITIVES };
  const architectures = createRng(SEED, STREAM.policyArchitecture);
  const draws = createRng(SEED, STREAM.actions);
  const actions = new Int32Array(policy.edges);
  const probabilities = async (cells: readonly Cell[]): Promise<Float32Array> => {
    inputs.write(engine, cells);
    engine.submit(reinforce.forward);
    return (await download(engine, reinforce.probabilities))[0] as Float32Array;
  };
  const meanShareOfBest = async (): Promise<number> => {
    const rng = createRng(SEED, STREAM.derive);
    let sum = 0;
    for (let i = 0; i < 20; i++) {
      const { normal, reduce } = sampleArchitecture(space, rng);
      bestActions(await probabilities([normal, reduce]), actions);
      sum += shareRight(actions);
    }
    return sum / 20;
  };

  const untrained = await meanShareOfBest();
  const clear = engine.recordClear(policy.weights.grads!);
  for (let step = 1; step <= STEPS; step++) {
    const { normal, reduce } = sampleArchitecture(space, architectures);
    sampleActions(await probabilities([normal, reduce]), actions, draws);
    engine.write(inputs.actions, actions);
    engine.write(after, new Float32Array([0, shareRight(actions), 0, 1]));
    adam.write(engine, 1e-3, step);
    engine.submit([clear], reinforce.backward, adam.commands);
  }
  const trained = await meanShareOfBest();
  assert.ok(untrained < 0.6, `before training ${untrained} of the best actions are right`);
  assert.ok(trained > 0.9, `after training ${trained} of the best actions are right, expected over 0.9`);
});

test.run();
