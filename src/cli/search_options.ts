// The options of a search: one for every setting, whose default is the preset's.
import { PAPER, PRESETS, type SearchConfig } from '../search/config.ts';
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
    help: `operations and what a cell concatenates [${PAPER.primitives}]`,
  },
  batch: integer(`images a step [${PAPER.batch}]`),
  epochs: integer(`[${PAPER.epochs}]`),
  maxSteps: integer('at most this many steps of w, and of theta, in an epoch; 0 for all the images [0]'),
  trainFraction: number(`share of the images that train w; the others train theta [${PAPER.trainFraction}]`),
  inputs: integer(`m: architectures sampled for an update [${PAPER.inputs}]`),
  outputs: integer(`n: transformations sampled for each of them [${PAPER.outputs}]`),
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
  normalizeAdjacency: {
    type: 'boolean',
    help: "divide the rows of the policy's adjacency matrix by their sums",
  },
  logEvery: integer(`steps between two lines of metrics.jsonl [${PAPER.logEvery}]`),
} as const;

type SearchOptions = OptionValues<typeof SEARCH_OPTIONS>;

/** The preset with the given options on top. */
export function searchConfigOf(options: SearchOptions, data: string): SearchConfig {
  const { preset, normalizeAdjacency, ...given } = options;
  const names = Object.keys(PAPER) as (keyof SearchConfig)[];
  const changed = names.flatMap((name) => {
    const value = (given as Partial<SearchConfig>)[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...PRESETS[preset], ...Object.fromEntries(changed), normalizeAdjacency, data };
}
