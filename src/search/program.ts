// Everything a search runs, recorded on one engine: data feed, supernet, policy, and the two optimizers.
import type { Region } from '../../runtime/engine/engine.ts';
import { directAllocator, SlotAllocator } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, inOrder, type Step } from '../core/step.ts';
import { type Feed, type FeedShape, recordFeed } from '../data/feed.ts';
import { PARTS } from '../supernet/parts.ts';
import type { SupernetConfig } from '../supernet/model.ts';
import { recordSupernet, type SupernetProgram } from '../supernet/setup.ts';
import { actionSpace } from '../arch/action_space.ts';
import { SUPERNET_LISTS } from '../arch/primitives.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { type Adam, recordAdam } from '../optim/adam.ts';
import { recordSgd, type Sgd } from '../optim/sgd.ts';
import { createPolicy } from '../policy/policies.ts';
import type { Policy } from '../policy/policy.ts';
import { recordReinforce, type Reinforce } from '../policy/reinforce.ts';
import { policyOf } from './learners.ts';
import { type NaoSearch, recordNaoSearch } from './nao_search.ts';
import { POLICY_PART } from './plan_parts.ts';
import { primitivesOf, type SearchConfig, transitionsOf } from './config.ts';

export interface SearchProgram extends SupernetProgram {
  readonly feed: Feed;
  readonly sgd: Sgd;
  /** What the search learns besides w: the weights of the policy, or of NAO's model. */
  readonly theta: ParameterStore;
  /** What transformations are drawn from. */
  readonly policy: Policy;
  /** Null for policies. */
  readonly nao: NaoSearch | null;
  readonly reinforce: Reinforce;
  readonly adam: Adam;
  /** Writes what never changes, and gives w and theta their first values. */
  readonly initialise: Step;
  readonly clear: {
    readonly policyGrads: Step;
    readonly before: Step;
    readonly after: Step;
    readonly evaluation: Step;
  };
}

/** The supernet's settings for CIFAR-10. */
export function supernetConfig(config: SearchConfig): SupernetConfig {
  return {
    channels: config.channels,
    layers: config.layers,
    nodes: config.nodes,
    primitives: primitivesOf(config),
    looseEnd: SUPERNET_LISTS[config.primitives].looseEnd,
    classes: 10,
    imageSize: 32,
  };
}

/** Records the program. */
export function recordSearch(engine: PlannedEngine, config: SearchConfig, images: number): SearchProgram {
  const { batch, architectures, momentum, weightDecay } = config;
  const parts = recordSupernet(engine, supernetConfig(config), batch, architectures);
  const { model, memory, supernet } = parts;
  const feedShape: FeedShape = { images, batch, imageSize: 32 };
  const feed = recordFeed(engine.inPart(PARTS.data), feedShape, memory.images, memory.targets);
  const sgd = recordSgd(engine.inPart(PARTS.optimizer), model.weights, { momentum, weightDecay });

  const policy = createPolicy(policyOf(config.policy), {
    primitives: model.config.primitives,
    nodes: config.nodes,
    space: actionSpace(transitionsOf(config)),
    adjacency: { kind: config.adjacency, normalizeRows: config.normalizeAdjacency },
  });
  const policyEngine = engine.inPart(POLICY_PART);
  policy.weights.allocate(policyEngine);
  const { before, after, evaluation } = memory.metrics;
  const reinforce = recordReinforce(
    policyEngine,
    {
      activations: directAllocator(policyEngine),
      scratch: new SlotAllocator('policy scratch', policyEngine),
    },
    policy,
    { before, after },
    config,
  );
  const adam = recordAdam(policyEngine, policy.weights, {
    betas: [config.policyBeta1, config.policyBeta2],
    eps: 1e-8,
    weightDecay: config.policyWeightDecay,
  });
  const nao =
    config.policy === 'nao' ? recordNaoSearch(policyEngine, model.config, { before, after }, config) : null;
  const theta = nao?.program.model.weights ?? policy.weights;
  const initialise = inOrder(
    parts.initialise,
    reinforce.initialise,
    nao?.program.initialise ?? commandsOnly(),
    commandsOnly(
      recordInitialisation(engine, model.weights, config.seed, 0),
      recordInitialisation(engine, policy.weights, config.seed, 1),
    ),
  );
  const cleared = (region: Region): Step => commandsOnly([engine.recordClear(region)]);
  const clear = {
    policyGrads: cleared(policy.weights.grads!),
    before: cleared(before),
    after: cleared(after),
    evaluation: cleared(evaluation),
  };
  return { model, memory, supernet, feed, sgd, theta, policy, nao, reinforce, adam, initialise, clear };
}

/** Everything that a step changes, by name: what a checkpoint holds. */
export function stateRegions(program: SearchProgram): Readonly<Record<string, Region>> {
  const { model, policy, sgd, adam, nao, reinforce, memory } = program;
  return {
    weights: model.weights.values,
    velocity: sgd.velocity,
    policy: policy.weights.values,
    first_moment: adam.moments[0],
    second_moment: adam.moments[1],
    baseline: reinforce.state,
    policy_totals: reinforce.totals,
    weights_counts: memory.metrics.weights,
    ...nao?.state,
  };
}
