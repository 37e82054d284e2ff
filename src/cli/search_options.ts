// The options of a search: one for every setting, whose default is the preset's.
import type { Files } from '../../runtime/host/platform.ts';
import { loadTransitions, tableToRows } from '../arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS } from '../arch/transitions.ts';
import { PAPER, PRESETS, type SearchConfig } from '../search/config.ts';
import { TRANSITIONS_OPTION } from './check.ts';
import type { OptionValues } from './flags.ts';

const number = (help: string) => ({ type: 'number', help }) as const;
const integer = (help: string) => ({ type: 'integer', help }) as const;

export const SEARCH_OPTIONS = {
  preset: {
    type: 'string',
    choices: ['quick', 'paper'],
    default: 'quick',
    help: 'settings to start from: the paper (defaults in brackets below), or small enough for a software adapter',
  },
  seed: integer(`everything random follows from it [${PAPER.seed}]`),
  layers: integer(`cells of the supernet [${PAPER.layers}]`),
  channels: integer(`channels of the first cells, C [${PAPER.channels}]`),
  nodes: integer(`intermediate nodes of a cell, B [${PAPER.nodes}]`),
  primitives: {
    type: 'string',
    choices: ['fully-concat', 'loose-end'],
    help: `operations (with nat's transitions) and what a cell concatenates [${PAPER.primitives}]`,
  },
  transitions: {
    ...TRANSITIONS_OPTION,
    help: 'which operation may become which; nat++ and a table of your own also list the operations [nat]',
  },
  policy: {
    type: 'string',
    choices: ['gcn', 'lstm', 'random'],
    help: `what learns to transform: the paper's GCN, an LSTM over the edges, or nothing [${PAPER.policy}]`,
  },
  batch: integer(`images a step [${PAPER.batch}]`),
  epochs: integer(`[${PAPER.epochs}]`),
  maxSteps: integer('at most this many steps of w, and of theta, in an epoch; 0 for all the images [0]'),
  trainFraction: number(`share of the images that train w; the others train theta [${PAPER.trainFraction}]`),
  architectures: integer(`m: architectures drawn for an update [${PAPER.architectures}]`),
  samples: integer(`n: transformations sampled for each of them [${PAPER.samples}]`),
  lr: number(`learning rate of w at first [${PAPER.lr}]`),
  lrMin: number(`learning rate of w at last; cosine in between [${PAPER.lrMin}]`),
  momentum: number(`of SGD [${PAPER.momentum}]`),
  weightDecay: number(`of w [${PAPER.weightDecay}]`),
  policyLr: number(`learning rate of theta [${PAPER.policyLr}]`),
  policyBeta1: number(`of Adam [${PAPER.policyBeta1}]`),
  policyBeta2: number(`of Adam [${PAPER.policyBeta2}]`),
  policyWeightDecay: number(`of theta [${PAPER.policyWeightDecay}]`),
  entropy: number(`lambda, weight of the policy's entropy [${PAPER.entropy}]`),
  baseline: {
    type: 'string',
    choices: ['none', 'moving-average'],
    help: `subtracted from the reward: none (the paper) or its moving average (the reference code) [${PAPER.baseline}]`,
  },
  baselineDecay: number(`of the moving average [${PAPER.baselineDecay}]`),
  costWeight: number(
    `what the relative change of multiply-adds takes from the reward: reward = accuracy gain - N * change [${PAPER.costWeight}]`,
  ),
  normalizeAdjacency: {
    type: 'boolean',
    help: "divide the rows of the policy's adjacency matrix by their sums",
  },
  logEvery: integer(`steps between two lines of metrics.jsonl [${PAPER.logEvery}]`),
} as const;

type SearchOptions = OptionValues<typeof SEARCH_OPTIONS>;

/** The preset with the given options on top; a transition table of the user's is read from its file. */
export async function searchConfigOf(
  files: Files,
  options: SearchOptions,
  data: string,
): Promise<SearchConfig> {
  const { preset, normalizeAdjacency, transitions, ...given } = options;
  const names = Object.keys(PAPER) as (keyof SearchConfig)[];
  const changed = names.flatMap((name) => {
    const value = (given as Partial<SearchConfig>)[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...PRESETS[preset],
    ...Object.fromEntries(changed),
    ...(transitions === undefined ? {} : { transitions: await transitionsOf(files, transitions) }),
    normalizeAdjacency,
    data,
  };
}

async function transitionsOf(files: Files, nameOrPath: string): Promise<SearchConfig['transitions']> {
  const table = await loadTransitions(files, nameOrPath);
  if (table === NAT_TRANSITIONS) return 'nat';
  return table === NAT_PLUS_PLUS_TRANSITIONS ? 'nat++' : tableToRows(table);
}
