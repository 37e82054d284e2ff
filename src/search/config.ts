// The settings of a search. The paper's own are the defaults; the quick preset is small enough for a software
// adapter. Every name here is an option of the command line.
import { UserError } from '../../runtime/errors.ts';
import { FULLY_CONCAT_PRIMITIVES, LOOSE_END_PRIMITIVES, type Primitive } from '../arch/primitives.ts';
import { type TableRows, tableFromRows } from '../arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS, type TransitionTable } from '../arch/transitions.ts';
import { POLICY_KINDS, type PolicyKind } from '../policy/policies.ts';

export interface SearchConfig {
  /** A CIFAR-10 directory, or 'sample'. */
  readonly data: string;
  readonly seed: number;
  /** Cells of the supernet. */
  readonly layers: number;
  /** Channels of its first cells. */
  readonly channels: number;
  /** Intermediate nodes of a cell. */
  readonly nodes: number;
  /** What a cell concatenates, and with the transitions of NAT also the operations. */
  readonly primitives: 'fully-concat' | 'loose-end';
  /** Which operation may become which. Any table but NAT's own also lists the operations of the supernet. */
  readonly transitions: 'nat' | 'nat++' | TableRows;
  readonly policy: PolicyKind;
  readonly batch: number;
  readonly epochs: number;
  /** At most this many steps of each kind in an epoch; 0 means all the data. */
  readonly maxSteps: number;
  /** Share of the training images that train w; the others train theta. */
  readonly trainFraction: number;
  /** m: architectures drawn for an update. */
  readonly architectures: number;
  /** n: transformations sampled for each of them. */
  readonly samples: number;
  readonly lr: number;
  readonly lrMin: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly policyLr: number;
  readonly policyBeta1: number;
  readonly policyBeta2: number;
  readonly policyWeightDecay: number;
  /** lambda: weight of the policy's entropy. */
  readonly entropy: number;
  /** What is subtracted from the reward: nothing (the paper), or its moving average (the reference code). */
  readonly baseline: 'none' | 'moving-average';
  readonly baselineDecay: number;
  /**
   * w: the reward is the gain of accuracy minus w times the relative change of multiply-adds, those of the CIFAR-10
   * network (36 channels, 20 cells) of each architecture. 0 in the paper.
   */
  readonly costWeight: number;
  readonly normalizeAdjacency: boolean;
  /** Steps between two lines of metrics.jsonl. */
  readonly logEvery: number;
}

/** The paper's setting (section 4 and the authors' code). */
export const PAPER: SearchConfig = {
  data: 'sample',
  seed: 1234,
  layers: 8,
  channels: 20,
  nodes: 4,
  primitives: 'fully-concat',
  transitions: 'nat',
  policy: 'gcn',
  batch: 64,
  epochs: 100,
  maxSteps: 0,
  trainFraction: 0.4,
  architectures: 1,
  samples: 1,
  lr: 0.01,
  lrMin: 0.01,
  momentum: 0.9,
  weightDecay: 3e-4,
  policyLr: 3e-4,
  policyBeta1: 0.5,
  policyBeta2: 0.999,
  policyWeightDecay: 5e-4,
  entropy: 0.003,
  baseline: 'none',
  baselineDecay: 0.99,
  costWeight: 0,
  normalizeAdjacency: false,
  logEvery: 50,
};

/** Small enough for a software adapter and the sample. */
export const QUICK: SearchConfig = {
  ...PAPER,
  layers: 3,
  channels: 8,
  batch: 32,
  epochs: 3,
  trainFraction: 0.75,
  lr: 0.02,
  lrMin: 0.005,
  logEvery: 6,
};

export const PRESETS = { paper: PAPER, quick: QUICK } as const;

export function transitionsOf({ transitions }: Pick<SearchConfig, 'transitions'>): TransitionTable {
  if (transitions === 'nat') return NAT_TRANSITIONS;
  return transitions === 'nat++' ? NAT_PLUS_PLUS_TRANSITIONS : tableFromRows(transitions);
}

/** The operations of the supernet. */
export function primitivesOf(config: Pick<SearchConfig, 'transitions' | 'primitives'>): readonly Primitive[] {
  if (config.transitions !== 'nat') return transitionsOf(config).ops;
  return config.primitives === 'loose-end' ? LOOSE_END_PRIMITIVES : FULLY_CONCAT_PRIMITIVES;
}

const POSITIVE_INTEGERS = [
  'layers',
  'channels',
  'nodes',
  'batch',
  'epochs',
  'architectures',
  'samples',
  'logEvery',
] as const;
const NOT_NEGATIVE = [
  'lr',
  'lrMin',
  'momentum',
  'weightDecay',
  'policyLr',
  'policyBeta1',
  'policyBeta2',
  'policyWeightDecay',
  'entropy',
  'baselineDecay',
  'costWeight',
  'maxSteps',
] as const;
/** Their updates divide by 1 - value. */
const BELOW_ONE = ['momentum', 'policyBeta1', 'policyBeta2', 'baselineDecay'] as const;

/** Throws UserError for the first setting that makes no sense. */
export function checkSearchConfig(config: SearchConfig): void {
  const fail = (name: keyof SearchConfig, expected: string) => {
    throw new UserError(`--${optionName(name)}: got ${config[name]}, expected ${expected}`);
  };
  for (const name of POSITIVE_INTEGERS) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) fail(name, 'a positive integer');
  }
  for (const name of NOT_NEGATIVE)
    if (!(config[name] >= 0 && config[name] < Infinity)) fail(name, '0 or more');
  for (const name of BELOW_ONE) if (config[name] >= 1) fail(name, 'a number from 0 to below 1');
  if (!Number.isSafeInteger(config.maxSteps)) fail('maxSteps', 'an integer, 0 for no limit');
  if (!Number.isSafeInteger(config.seed) || config.seed < 0) fail('seed', 'an integer of 0 or more');
  if (!(config.trainFraction > 0 && config.trainFraction < 1))
    fail('trainFraction', 'a number between 0 and 1');
  if (config.lrMin > config.lr) fail('lrMin', `at most --lr (${config.lr})`);
  if (config.channels % 2 !== 0)
    fail('channels', 'an even number (factorized reduce splits channels in half)');
  if (!POLICY_KINDS.includes(config.policy)) fail('policy', `one of ${POLICY_KINDS.join(', ')}`);
  if (primitivesOf(config).every((op) => op === 'null')) {
    throw new UserError(
      `--transitions: table '${transitionsOf(config).name}' lists no operation but null; the supernet needs one`,
    );
  }
}

/** camelCase -> kebab-case. */
export const optionName = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
