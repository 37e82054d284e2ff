// What the settings of a search mean for the parts that it is recorded from.
import { actionSpace } from '../arch/action_space.ts';
import { SUPERNET_LISTS } from '../arch/primitives.ts';
import type { Normalisation } from '../data/dataset.ts';
import { formatOf } from '../data/dataset_record.ts';
import type { AdamOptions } from '../optim/adam.ts';
import type { SgdOptions } from '../optim/sgd.ts';
import { createPolicy } from '../policy/policies.ts';
import type { Policy, PolicyOptions } from '../policy/policy.ts';
import type { ReinforceConfig } from '../policy/reinforce.ts';
import type { SupernetConfig } from '../supernet/model.ts';
import type { NaoConfig } from '../nao/learner.ts';
import type { SearchParts } from './parts.ts';
import { policyOf } from './learners.ts';
import { naoConfig } from './nao_search.ts';
import { primitivesOf, type SearchConfig, transitionsOf } from './config.ts';

export interface SearchSetup {
  readonly seed: number;
  /** Of a step. */
  readonly batch: number;
  /** m: architectures that share an update. */
  readonly architectures: number;
  readonly supernet: SupernetConfig;
  /** Of the images. */
  readonly normalisation: Normalisation;
  readonly sgd: SgdOptions;
  /** Makes the policy, whose batch is m; called more than once. */
  readonly policy: () => Policy;
  readonly reinforce: ReinforceConfig;
  readonly adam: AdamOptions;
  /** Null where a policy learns. */
  readonly nao: NaoConfig | null;
}

/** The supernet's settings, for the images that the configuration remembers. */
export function supernetConfig(config: SearchConfig): SupernetConfig {
  const { classes, channels: imageChannels, imageSize } = formatOf(config);
  return {
    channels: config.channels,
    layers: config.layers,
    nodes: config.nodes,
    primitives: primitivesOf(config),
    looseEnd: SUPERNET_LISTS[config.primitives].looseEnd,
    classes,
    imageSize,
    imageChannels,
  };
}

/** What to record for these settings. */
export function setupOf(config: SearchConfig, { macro, policy }: SearchParts = {}): SearchSetup {
  const { seed, batch, architectures, momentum, weightDecay } = config;
  const { baseline, baselineDecay, samples, costWeight } = config;
  const supernet = { ...supernetConfig(config), ...(macro && { macro }) };
  const create = policy ?? ((options: PolicyOptions) => createPolicy(policyOf(config.policy), options));
  return {
    seed,
    batch,
    architectures,
    supernet,
    normalisation: formatOf(config),
    sgd: { momentum, weightDecay },
    policy: () =>
      create({
        primitives: supernet.primitives,
        nodes: supernet.nodes,
        space: actionSpace(transitionsOf(config)),
        adjacency: { kind: config.adjacency, normalizeRows: config.normalizeAdjacency },
        readout: config.readout,
        batch: architectures,
      }),
    reinforce: { baseline, baselineDecay, samples, costWeight },
    adam: {
      betas: [config.policyBeta1, config.policyBeta2],
      eps: 1e-8,
      weightDecay: config.policyWeightDecay,
    },
    nao: config.policy === 'nao' ? naoConfig(config) : null,
  };
}
