// The settings of a search, each declared once: the type of a configuration, the presets, its check, the options of the
// command line and what an experiment file may say follow from this table.
import { type Primitive, SUPERNET_LIST_NAMES, SUPERNET_LISTS } from '../arch/primitives.ts';
import type { SearchSpace } from '../arch/search_space.ts';
import { type TableRows, tableFromRows } from '../arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS, type TransitionTable } from '../arch/transitions.ts';
import { DATA_IN_WORDS, IMAGE_SIZE_IN_WORDS } from '../data/dataset.ts';
import type { WithDataset } from '../data/dataset_record.ts';
import { ADJACENCIES } from '../policy/adjacency.ts';
import { BASELINES, baselineProblem } from '../policy/baseline.ts';
import { READOUTS } from '../policy/policy.ts';
import { SettingError } from '../settings/setting.ts';
import type { WithParts } from './parts.ts';
import { LEARNER_KINDS, LEARNERS_IN_WORDS } from './learners.ts';
import { checkValues, presetOf, type SettingTable, type SettingValues, without } from '../settings/table.ts';

/**
 * The defaults are the paper's (section 4 and the authors' code). Quick is small enough for a software adapter, and its
 * policy sees and learns in the way that gains most where that can be looked up (docs/ground-truth.md).
 */
export const SEARCH_SETTINGS = {
  data: {
    type: 'string',
    placeholder: 'DIR',
    default: 'sample',
    help: DATA_IN_WORDS,
  },
  imageSize: {
    type: 'integer',
    min: 1,
    help: IMAGE_SIZE_IN_WORDS,
  },
  seed: { type: 'integer', min: 0, default: 1234, help: 'everything random follows from it' },
  layers: { type: 'integer', min: 1, default: 8, presets: { quick: 3 }, help: 'cells of the supernet' },
  // factorized reduce splits channels in half
  channels: {
    type: 'integer',
    min: 2,
    even: true,
    default: 20,
    presets: { quick: 8 },
    help: 'channels of the first cells, C',
  },
  nodes: { type: 'integer', min: 1, default: 4, help: 'intermediate nodes of a cell, B' },
  primitives: {
    type: 'string',
    choices: SUPERNET_LIST_NAMES,
    default: 'fully-concat',
    help: "operations (with nat's transitions) and what a cell concatenates",
  },
  // In a configuration also a table of the user's: see SearchConfig.
  transitions: {
    type: 'string',
    placeholder: 'nat|nat++|FILE',
    default: 'nat',
    help: 'which operation may become which; nat++ and a table of your own also list the operations',
  },
  policy: {
    type: 'string',
    choices: LEARNER_KINDS,
    default: 'gcn',
    help: `what learns to transform: ${LEARNERS_IN_WORDS}`,
  },
  batch: { type: 'integer', min: 1, default: 64, presets: { quick: 32 }, help: 'images a step' },
  epochs: {
    type: 'integer',
    min: 1,
    default: 100,
    presets: { quick: 3 },
    help: 'passes over the training images',
  },
  maxSteps: {
    type: 'integer',
    min: 0,
    default: 0,
    help: 'at most this many steps of w, and of theta, in an epoch; 0 for all the images',
  },
  trainFraction: {
    type: 'number',
    above: 0,
    below: 1,
    default: 0.4,
    presets: { quick: 0.75 },
    help: 'share of the images that train w; the others train theta',
  },
  architectures: { type: 'integer', min: 1, default: 1, help: 'm: architectures drawn for an update' },
  samples: {
    type: 'integer',
    min: 1,
    default: 1,
    presets: { quick: 4 },
    help: 'n: transformations sampled for each of them',
  },
  lr: {
    type: 'number',
    min: 0,
    default: 0.01,
    presets: { quick: 0.02 },
    help: 'learning rate of w at first',
  },
  lrMin: {
    type: 'number',
    min: 0,
    default: 0.01,
    presets: { quick: 0.005 },
    help: 'learning rate of w at last; cosine in between',
  },
  momentum: { type: 'number', min: 0, below: 1, default: 0.9, help: 'of SGD' },
  weightDecay: { type: 'number', min: 0, default: 3e-4, help: 'of w' },
  policyLr: {
    type: 'number',
    min: 0,
    default: 3e-4,
    presets: { quick: 2e-3 },
    help: 'learning rate of theta',
  },
  policyLrEnd: {
    type: 'number',
    min: 0,
    presets: { quick: 1e-4 },
    help: 'that of the last update, to which it moves in equal steps; that of --policy-lr unless given',
  },
  // Adam divides by 1 - beta
  policyBeta1: {
    type: 'number',
    min: 0,
    below: 1,
    default: 0.5,
    presets: { quick: 0.9 },
    help: 'of Adam',
  },
  policyBeta2: { type: 'number', min: 0, below: 1, default: 0.999, help: 'of Adam' },
  policyWeightDecay: {
    type: 'number',
    min: 0,
    default: 5e-4,
    presets: { quick: 0 },
    help: 'of theta',
  },
  entropy: {
    type: 'number',
    min: 0,
    default: 0.003,
    presets: { quick: 0.3 },
    help: "lambda, weight of the policy's entropy",
  },
  entropyEnd: {
    type: 'number',
    min: 0,
    presets: { quick: 0.03 },
    help: 'lambda at the last update of theta, to which it moves in equal steps; that of --entropy unless given',
  },
  baseline: {
    type: 'string',
    choices: BASELINES,
    default: 'none',
    presets: { quick: 'best' },
    help:
      'subtracted from the reward: none (the paper), its moving average (much like the reference code), or the mean ' +
      'of the other samples of the same architecture; or only which sample of an architecture is best counts',
  },
  baselineDecay: { type: 'number', min: 0, below: 1, default: 0.99, help: 'of the moving average' },
  // Multiply-adds of the CIFAR-10 network (36 channels, 20 cells) of each architecture.
  costWeight: {
    type: 'number',
    min: 0,
    default: 0,
    help: 'what the relative change of multiply-adds takes from the reward: reward = accuracy gain - N * change',
  },
  adjacency: {
    type: 'string',
    choices: ADJACENCIES,
    default: 'paper',
    presets: { quick: 'directed' },
    help:
      "what the GCN's convolutions multiply by: A, the edges that enter a node (the paper); A + I; " +
      'D^-1/2 (A + A^T + I) D^-1/2; or I, A and A^T apart, with weights for each',
  },
  readout: {
    type: 'string',
    choices: READOUTS,
    default: 'node',
    presets: { quick: 'cell' },
    help: 'from what the GCN scores an edge: the node that it enters (the paper), or all nodes of its cell',
  },
  normalizeAdjacency: {
    type: 'boolean',
    default: false,
    help: 'divide the rows of that matrix by their sums (symmetric and directed have it already)',
  },
  logEvery: {
    type: 'integer',
    min: 1,
    default: 50,
    presets: { quick: 6 },
    help: 'steps between two lines of metrics.jsonl',
  },
} as const satisfies SettingTable;

/** All settings of a search; `QUICK` and `PAPER` are such settings. */
export interface SearchConfig
  extends Omit<SettingValues<typeof SEARCH_SETTINGS>, 'transitions'>, WithDataset, WithParts {
  /** Which operation may become which. Any table but NAT's own also lists the operations of the supernet. */
  readonly transitions: 'nat' | 'nat++' | TableRows;
}

/** The setting of the paper: 100 epochs on CIFAR-10. */
export const PAPER = presetOf(SEARCH_SETTINGS) as SearchConfig;

/** A setting that takes a minute or two without a GPU, on the sample. */
export const QUICK = presetOf(SEARCH_SETTINGS, 'quick') as SearchConfig;

export const PRESETS = { quick: QUICK, paper: PAPER } as const;
export const PRESET_NAMES = ['quick', 'paper'] as const satisfies readonly (keyof typeof PRESETS)[];

/** What some settings move to, by the setting that they begin with. */
export const ENDS = { policyLr: 'policyLrEnd', entropy: 'entropyEnd' } as const satisfies Partial<
  Record<keyof SearchConfig, keyof SearchConfig>
>;

/**
 * Settings with others on top. Where those say what something begins with and not what it moves to, it stays as it
 * begins.
 */
export function withSettings<T extends Partial<SearchConfig>, S extends Partial<SearchConfig>>(
  base: T,
  over: S,
): T & S {
  const kept: Partial<Record<string, unknown>> = { ...base };
  for (const [begin, end] of Object.entries(ENDS)) if (begin in over) delete kept[end];
  return { ...kept, ...over } as T & S;
}

export function transitionsOf({ transitions }: Pick<SearchConfig, 'transitions'>): TransitionTable {
  if (transitions === 'nat') return NAT_TRANSITIONS;
  return transitions === 'nat++' ? NAT_PLUS_PLUS_TRANSITIONS : tableFromRows(transitions);
}

/** The operations of the supernet. */
export function primitivesOf(config: Pick<SearchConfig, 'transitions' | 'primitives'>): readonly Primitive[] {
  if (config.transitions !== 'nat') return transitionsOf(config).ops;
  return SUPERNET_LISTS[config.primitives].primitives;
}

/** The architectures that the supernet holds. */
export const searchSpaceOf = (config: SearchConfig): SearchSpace => ({
  nodes: config.nodes,
  primitives: primitivesOf(config),
});

/** The options that decide how many shared weights there are. */
export const SEARCH_SIZES = '--channels, --layers or --nodes';

/** Settings of theta alone: the shared weights are the same whatever they are. */
const OF_THETA: readonly (keyof SearchConfig)[] = [
  'policy',
  'samples',
  'policyLr',
  'policyBeta1',
  'policyBeta2',
  'policyWeightDecay',
  'entropy',
  'entropyEnd',
  'baseline',
  'baselineDecay',
  'costWeight',
  'adjacency',
  'normalizeAdjacency',
];

/** Equal for searches that end with the same shared weights. */
export const weightsKey = (config: SearchConfig): string =>
  JSON.stringify(
    Object.entries(config)
      .filter(([name]) => !OF_THETA.includes(name as keyof SearchConfig))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

/** Throws SettingError for the first setting that makes no sense. */
export function checkSearchConfig(config: SearchConfig): void {
  checkValues(without(SEARCH_SETTINGS, 'transitions'), config);
  if (config.lrMin > config.lr) {
    throw new SettingError('lrMin', `got ${config.lrMin}, expected at most --lr (${config.lr})`);
  }
  const problem = baselineProblem(config);
  if (problem !== null) throw new SettingError('baseline', problem);
  const { adjacency } = config;
  if (config.normalizeAdjacency && (adjacency === 'symmetric' || adjacency === 'directed')) {
    throw new SettingError('normalizeAdjacency', `got --adjacency ${adjacency}, which is normalised already`);
  }
  if (config.policy === 'nao' && config.costWeight > 0) {
    throw new SettingError(
      'costWeight',
      `got ${config.costWeight}, expected 0 with --policy nao, which learns accuracies`,
    );
  }
  if (primitivesOf(config).every((op) => op === 'null')) {
    const table = `table '${transitionsOf(config).name}'`;
    throw new SettingError('transitions', `${table} lists no operation but null; the supernet needs one`);
  }
}
