// Everything a search runs, recorded on one engine: data feed, supernet, policy, and the two optimizers.
import type { Region } from '../../runtime/engine/engine.ts';
import { directAllocator, SlotAllocator } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, inOrder, type Step } from '../core/step.ts';
import { CROP_AND_FLIP } from '../data/augment.ts';
import { type Feed, type FeedShape, recordFeed } from '../data/feed.ts';
import { PARTS } from '../supernet/parts.ts';
import { recordSupernet, type SupernetProgram } from '../supernet/setup.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { type Adam, recordAdam } from '../optim/adam.ts';
import { recordSgd, type Sgd } from '../optim/sgd.ts';
import type { Policy } from '../policy/policy.ts';
import { recordReinforce, type Reinforce } from '../policy/reinforce.ts';
import { type AccuracyNotes, recordAccuracyNotes } from './accuracy_notes.ts';
import { type NaoSearch, recordNaoSearch } from './nao_search.ts';
import { POLICY_PART } from './plan_parts.ts';
import type { SearchSetup } from './setup.ts';

export interface SearchProgram extends SupernetProgram {
  readonly feed: Feed;
  readonly sgd: Sgd;
  /** What the search learns besides w: the weights of the policy, or of NAO's model. */
  readonly theta: ParameterStore<true>;
  /** What transformations are drawn from. */
  readonly policy: Policy;
  /** Null for policies. */
  readonly nao: NaoSearch | null;
  /** Null where nobody asks for accuracies. */
  readonly notes: AccuracyNotes | null;
  readonly reinforce: Reinforce;
  readonly adam: Adam;
  /** Writes what never changes, and gives w and theta their first values. */
  readonly initialise: Step;
  readonly clear: {
    readonly policyGrads: Step;
    readonly evaluation: Step;
  };
}

/**
 * Records the program.
 * @param images training images of the data set
 * @param noting whether accuracies are asked for
 */
export function recordSearch(
  engine: PlannedEngine,
  setup: SearchSetup,
  images: number,
  noting = false,
): SearchProgram {
  const { batch, seed } = setup;
  const parts = recordSupernet(engine, setup.supernet, batch, setup.architectures);
  const { model, memory, supernet } = parts;
  const { imageSize, imageChannels = 3 } = setup.supernet;
  const feedShape: FeedShape = { images, batch, imageSize, channels: imageChannels };
  const place = [memory.images, memory.targets] as const;
  const feed = recordFeed(engine.inPart(PARTS.data), feedShape, ...place, CROP_AND_FLIP, setup.normalisation);
  const sgd = recordSgd(engine.inPart(PARTS.optimizer), model.weights, setup.sgd);

  const policy = setup.policy();
  const policyEngine = engine.inPart(POLICY_PART);
  policy.weights.allocate(policyEngine);
  const reinforce = recordReinforce(
    policyEngine,
    {
      activations: directAllocator(policyEngine),
      scratch: new SlotAllocator('policy scratch', policyEngine),
    },
    policy,
    memory.metrics,
    setup.reinforce,
  );
  const adam = recordAdam(policyEngine, policy.weights, setup.adam);
  const { before, after } = memory.metrics;
  const {
    architectures,
    reinforce: { samples },
  } = setup;
  const notes =
    noting || setup.nao
      ? recordAccuracyNotes(policyEngine, { architectures, samples }, { before, after })
      : null;
  const nao = setup.nao && recordNaoSearch(policyEngine, setup, notes!, setup.nao);
  const theta = nao?.program.model.weights ?? policy.weights;
  const initialise = inOrder(
    parts.initialise,
    reinforce.initialise,
    nao?.program.initialise ?? commandsOnly(),
    commandsOnly(
      recordInitialisation(engine, model.weights, seed, 0),
      recordInitialisation(engine, policy.weights, seed, 1),
    ),
  );
  const cleared = (region: Region): Step => commandsOnly([engine.recordClear(region)]);
  const clear = {
    policyGrads: cleared(policy.weights.grads),
    evaluation: cleared(memory.metrics.evaluation),
  };
  return {
    model,
    memory,
    supernet,
    feed,
    sgd,
    theta,
    policy,
    nao,
    notes,
    reinforce,
    adam,
    initialise,
    clear,
  };
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
