// The settings of a search in words. Sources are of Guo et al., "NAT: Neural Architecture Transformer for Accurate and
// Compact Architectures", NeurIPS 2019.
import type { SEARCH_SETTINGS } from '../../../search/config.ts';
import type { SettingGroup, SettingWords } from './setting_words.ts';

type Name = keyof typeof SEARCH_SETTINGS;

const PAPER = 'the paper, section 4';
const CODE = "the authors' code";

export const SEARCH_WORDS: Readonly<Record<Name, SettingWords>> = {
  data: {
    label: 'Images',
    explanation: 'What the network learns to classify.',
    source: `${PAPER}: CIFAR-10`,
  },
  imageSize: {
    label: 'Image size',
    unit: 'pixels',
    explanation: 'Height and width to which images are scaled. Left empty, they stay as they are.',
  },
  seed: {
    label: 'Seed',
    explanation:
      'Where the random numbers begin. The same seed on the same kind of adapter gives the same bits.',
  },
  layers: {
    label: 'Cells',
    unit: 'cells',
    explanation:
      'How many cells stand one behind the other in the shared network. More are slower and learn more.',
    source: PAPER,
  },
  channels: {
    label: 'Channels',
    unit: 'channels',
    explanation: 'Width of the first cells; it doubles where images are halved. Must be even.',
    source: PAPER,
  },
  nodes: {
    label: 'Nodes of a cell',
    unit: 'nodes',
    explanation:
      'Each adds up two operations. Only architectures of as many nodes can be transformed afterwards.',
    source: PAPER,
  },
  primitives: {
    label: 'Operations',
    explanation:
      'Which operations cells are drawn from, and what a cell puts out: all its nodes (fully-concat, for DARTS), those ' +
      'that nothing reads (loose-end, for ENAS), or those of NAO.',
    source: CODE,
  },
  transitions: {
    label: 'Allowed changes',
    explanation:
      'nat: keep, skip or remove. nat++: an operation may also become a cheaper one of the same or a lower kind.',
    source: `${PAPER}; Guo et al., NAT++, 2021`,
  },
  policy: {
    label: 'What learns to transform',
    explanation:
      "gcn: the paper's graph network. lstm: it reads the operations one after the other. random: nothing learns. " +
      'nao: Neural Architecture Optimization, another method, which may also add operations.',
    source: PAPER,
  },
  batch: { label: 'Batch', unit: 'images', explanation: 'Images of one step.', source: CODE },
  epochs: {
    label: 'Epochs',
    unit: 'passes',
    explanation: 'Passes over the training images. Time grows in proportion.',
    source: PAPER,
  },
  maxSteps: {
    label: 'Steps at most',
    unit: 'steps an epoch',
    explanation: 'Ends an epoch early, for a quick look. 0: all images.',
  },
  trainFraction: {
    label: 'Images for the weights',
    unit: 'share',
    explanation: 'This share of the training images trains the shared weights, the rest trains the policy.',
    source: `${PAPER}: 40 % and 60 %`,
  },
  architectures: {
    label: 'Architectures an update',
    unit: 'architectures',
    explanation: 'Drawn at random for each update of the policy (m of Algorithm 1).',
    source: CODE,
  },
  samples: {
    label: 'Transformations of each',
    unit: 'transformations',
    explanation: 'Tried for each of those architectures (n of Algorithm 1).',
    source: CODE,
  },
  lr: { label: 'Learning rate at first', explanation: 'Of the shared weights.', source: CODE },
  lrMin: {
    label: 'Learning rate at last',
    explanation: 'Reached along half a cosine. At most the one at first.',
    source: CODE,
  },
  momentum: {
    label: 'Momentum',
    explanation: 'Share of the last update that goes into the next.',
    source: CODE,
  },
  weightDecay: { label: 'Weight decay', explanation: 'Pulls the shared weights towards zero.', source: CODE },
  policyLr: {
    label: 'Learning rate at first',
    explanation: 'Of the policy.',
    source: `${PAPER}: 3e-4, Adam`,
  },
  policyLrEnd: {
    label: 'Learning rate at last',
    explanation: 'Reached in equal steps. Left empty, it stays as it begins.',
  },
  policyBeta1: { label: 'Beta 1', explanation: "Adam's memory of gradients.", source: CODE },
  policyBeta2: { label: 'Beta 2', explanation: "Adam's memory of their squares.", source: CODE },
  policyWeightDecay: { label: 'Weight decay', explanation: 'Pulls the policy towards zero.', source: CODE },
  entropy: {
    label: 'Entropy weight at first',
    explanation: 'Rewards a policy for staying undecided, so that it tries more (lambda).',
    source: `${PAPER}: 0.003`,
  },
  entropyEnd: {
    label: 'Entropy weight at last',
    explanation: 'Reached in equal steps. Left empty, it stays as it begins.',
  },
  baseline: {
    label: 'Baseline of the reward',
    explanation:
      'What a reward is compared with. none: nothing (the paper). moving-average: rewards so far. leave-one-out: the ' +
      'other transformations of the same cell. best: only the best of them counts.',
    source: `${PAPER} has none`,
  },
  baselineDecay: { label: 'Memory of the average', explanation: 'For moving-average.', source: CODE },
  costWeight: {
    label: 'Price of multiply-adds',
    explanation: 'Taken from the reward for each doubling in relative cost. 0: only accuracy counts.',
    source: `${PAPER}: none`,
  },
  adjacency: {
    label: 'What an edge sees',
    explanation:
      'paper: what feeds its node over two edges. self-loops: its own node, too. symmetric: both directions. directed: ' +
      'both, with weights for each.',
    source: `${PAPER}: paper`,
  },
  readout: {
    label: 'An edge is judged by',
    explanation: 'node: the node that it feeds (the paper). cell: all nodes of its cell.',
    source: `${PAPER}: node`,
  },
  normalizeAdjacency: {
    label: 'Average over neighbours',
    explanation: 'Instead of adding them up. symmetric and directed do it already.',
  },
  logEvery: {
    label: 'Record every',
    unit: 'steps',
    explanation: 'Points of the curves: each is the average over as many steps.',
  },
};

export const SEARCH_GROUPS: readonly SettingGroup<Name>[] = [
  {
    title: 'Length',
    explanation: 'How much is done.',
    names: ['epochs', 'batch', 'maxSteps', 'trainFraction', 'logEvery', 'seed'],
  },
  {
    title: 'Network',
    explanation: 'The network that all architectures share.',
    names: ['layers', 'channels', 'nodes', 'primitives', 'imageSize'],
  },
  {
    title: 'Shared weights',
    explanation: 'How the network is trained: stochastic gradient descent.',
    names: ['lr', 'lrMin', 'momentum', 'weightDecay'],
  },
  {
    title: 'Policy',
    explanation: 'What decides, and what it sees.',
    names: ['policy', 'transitions', 'adjacency', 'readout', 'normalizeAdjacency'],
  },
  {
    title: 'Training of the policy',
    explanation: 'By reinforcement: what raised the accuracy becomes more likely.',
    names: [
      'architectures',
      'samples',
      'baseline',
      'baselineDecay',
      'costWeight',
      'entropy',
      'entropyEnd',
      'policyLr',
      'policyLrEnd',
      'policyBeta1',
      'policyBeta2',
      'policyWeightDecay',
    ],
  },
];
