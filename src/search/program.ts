// Everything a search runs, recorded on one engine: data feed, supernet, policy, and the two optimizers. Assembled
// first on an engine that only counts (the plan), then on the GPU.
import type { Command, Engine, Region } from '../../runtime/engine/engine.ts';
import { directAllocator, SlotAllocator } from '../core/allocator.ts';
import { type Feed, type FeedShape, recordFeed } from '../data/feed.ts';
import { Supernet } from '../supernet/supernet.ts';
import { allocateSupernet, plannedSlotBytes, type SupernetMemory } from '../supernet/memory.ts';
import { buildSupernet, type SupernetConfig, type SupernetModel } from '../supernet/model.ts';
import { actionSpace } from '../arch/action_space.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import { type Adam, recordAdam } from '../optim/adam.ts';
import { recordSgd, type Sgd } from '../optim/sgd.ts';
import { createPolicy } from '../policy/policies.ts';
import type { Policy, PolicyInputs } from '../policy/policy.ts';
import { recordReinforce, type Reinforce } from '../policy/reinforce.ts';
import { type Tensor, tensorAt } from '../core/tensor.ts';
import { primitivesOf, type SearchConfig, transitionsOf } from './config.ts';

export interface SearchProgram {
  readonly model: SupernetModel;
  readonly memory: SupernetMemory;
  readonly supernet: Supernet;
  readonly lossGrad: Tensor;
  readonly feed: Feed;
  readonly sgd: Sgd;
  readonly policy: Policy;
  readonly inputs: PolicyInputs;
  readonly reinforce: Reinforce;
  readonly adam: Adam;
  readonly policyScratch: SlotAllocator;
  /** Gives w and theta their first values. */
  readonly initialise: readonly Command[];
  readonly clear: {
    readonly policyGrads: Command;
    readonly before: Command;
    readonly after: Command;
    readonly evaluation: Command;
  };
}

/** The supernet's settings for CIFAR-10. */
export function supernetConfig(config: SearchConfig): SupernetConfig {
  return {
    channels: config.channels,
    layers: config.layers,
    nodes: config.nodes,
    primitives: primitivesOf(config),
    looseEnd: config.primitives === 'loose-end',
    classes: 10,
    imageSize: 32,
  };
}

/** Records the program. `plan` is what the same call returned on an engine that only counts. */
export function assembleSearch(
  engine: Engine,
  config: SearchConfig,
  images: number,
  plan?: SearchProgram,
): SearchProgram {
  const model = buildSupernet(supernetConfig(config));
  model.weights.allocate(engine);
  const memory = allocateSupernet(engine, model, config.batch, plan?.memory);
  const lossGrad = tensorAt(engine.createBuffer('loss gradient', 4), 0, [1]);
  const supernet = new Supernet(engine, model, memory, lossGrad);
  const feedShape: FeedShape = { images, batch: config.batch, imageSize: 32 };
  const feed = recordFeed(engine, feedShape, memory.images, memory.targets);
  const { momentum, weightDecay } = config;
  const sgd = recordSgd(engine, model.weights, { momentum, weightDecay });

  const policy = createPolicy(config.policy, {
    primitives: model.config.primitives,
    nodes: config.nodes,
    space: actionSpace(transitionsOf(config)),
    normalizeAdjacency: config.normalizeAdjacency,
  });
  policy.weights.allocate(engine);
  const inputs = policy.allocate(engine);
  const policyScratch = new SlotAllocator('policy scratch', engine, plan?.policyScratch);
  const { before, after, evaluation } = memory.meters;
  const reinforce = recordReinforce(
    engine,
    { activations: directAllocator(engine), scratch: policyScratch },
    inputs,
    before,
    after,
    { ...config, transformations: config.architectures * config.samples },
  );
  const adam = recordAdam(engine, policy.weights, {
    betas: [config.policyBeta1, config.policyBeta2],
    eps: 1e-8,
    weightDecay: config.policyWeightDecay,
  });
  const initialise = [
    ...recordInitialisation(engine, model.weights, config.seed, 0),
    ...recordInitialisation(engine, policy.weights, config.seed, 1),
  ];
  const clear = {
    policyGrads: engine.recordClear(policy.weights.grads!),
    before: engine.recordClear(before),
    after: engine.recordClear(after),
    evaluation: engine.recordClear(evaluation),
  };
  return {
    model,
    memory,
    supernet,
    lossGrad,
    feed,
    sgd,
    policy,
    inputs,
    reinforce,
    adam,
    policyScratch,
    initialise,
    clear,
  };
}

/** Bytes of slots that recordings share, in a planned program. */
export const programSlotBytes = (program: SearchProgram): number =>
  plannedSlotBytes(program.memory) + program.policyScratch.plannedBytes;

/** Everything that a step changes, by name: what a checkpoint holds. */
export function stateRegions(program: SearchProgram): Readonly<Record<string, Region>> {
  const { model, policy, sgd, adam, reinforce, memory } = program;
  return {
    weights: model.weights.values,
    velocity: sgd.velocity,
    policy: policy.weights.values,
    first_moment: adam.moments[0],
    second_moment: adam.moments[1],
    baseline: reinforce.state,
    policy_totals: reinforce.totals,
    weights_counts: memory.meters.weights,
  };
}
