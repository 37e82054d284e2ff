// A policy trained on the table: the cells of the training half are its architectures, and the reward of a
// transformation is the validation accuracy that it gains, in hundredths: what the search on images measures.
import { actionSpace } from '../arch/action_space.ts';
import type { Cell } from '../arch/genotype.ts';
import { NAT_TRANSITIONS } from '../arch/transitions.ts';
import type { AdjacencyKind } from '../policy/adjacency.ts';
import type { Baseline } from '../policy/baseline.ts';
import { gcnPolicy } from '../policy/gcn_policy.ts';
import { createPolicy } from '../policy/policies.ts';
import { allowedActions, type Policy, type PolicyOptions, type Readout } from '../policy/policy.ts';
import { type Constraint, legality } from '../policy/sampling.ts';
import { type PolicyTask, type PolicyTrainingConfig, trainPolicy } from '../policy/trainer.ts';
import type { BenchmarkTask } from './method.ts';
import { fromNatCell, GLUE_EDGES, NAT_NODES, OPERATION_PRIMITIVES, toNatCell } from './space.ts';
import type { BenchmarkTable } from './table.ts';

export interface Learner {
  readonly policy: 'gcn' | 'lstm';
  /** What a GCN sees; an LSTM sees the sequence of the edges. */
  readonly adjacency: AdjacencyKind | null;
  readonly readout: Readout | null;
  readonly baseline: Baseline;
  /**
   * Whether transformations that are cells of the judging half earn nothing, as if they were the unchanged cell; else
   * their validation accuracies are rewards like any other. Test accuracies never are.
   */
  readonly ownHalf: boolean;
  /** Architectures that share an update. */
  readonly architectures: number;
  readonly training: Omit<PolicyTrainingConfig, 'seed' | 'baseline'>;
}

/** What they have in common: m architectures a step, n transformations of each. */
const BATCH = 16;
const COMMON = {
  steps: 2000,
  samples: 16,
  baselineDecay: 0.99,
  lr: 2e-3,
  lrEnd: 1e-4,
  betas: [0.9, 0.999],
  weightDecay: 0,
} as const;

/** The weight of the entropy goes with the size of the advantages: 15 and -1 by `best`, else gains of accuracy. */
const ENTROPY = {
  best: { entropy: 1, entropyEnd: 0.1 },
  gain: { entropy: 0.05, entropyEnd: 0.003 },
  paper: { entropy: 0.003, entropyEnd: 0.003 },
};

function learner(
  form: Pick<Learner, 'policy' | 'adjacency' | 'readout'>,
  baseline: Baseline,
  { ownHalf = false, entropy = baseline === 'best' ? ENTROPY.best : ENTROPY.gain } = {},
): Learner {
  return { ...form, baseline, ownHalf, architectures: BATCH, training: { ...COMMON, ...entropy } };
}

type Variation = Parameters<typeof learner>[2];

const gcn = (
  adjacency: AdjacencyKind,
  readout: Readout,
  baseline: Baseline,
  variation?: Variation,
): Learner => learner({ policy: 'gcn', adjacency, readout }, baseline, variation);

const LSTM = { policy: 'lstm', adjacency: null, readout: null } as const;

/** The setting of the quick preset, then what it is compared with, one thing changed at a time. */
export const LEARNERS: readonly Learner[] = [
  gcn('directed', 'cell', 'best'),
  gcn('directed', 'cell', 'best', { ownHalf: true }),
  gcn('directed', 'cell', 'leave-one-out'),
  gcn('directed', 'cell', 'moving-average'),
  gcn('directed', 'cell', 'none'),
  gcn('symmetric', 'cell', 'best'),
  gcn('paper', 'cell', 'best'),
  gcn('directed', 'node', 'best'),
  gcn('symmetric', 'node', 'best'),
  gcn('symmetric', 'node', 'leave-one-out'),
  gcn('self-loops', 'node', 'best'),
  gcn('paper', 'node', 'best'),
  gcn('paper', 'node', 'moving-average', { entropy: ENTROPY.paper }),
  learner(LSTM, 'best'),
  learner(LSTM, 'leave-one-out'),
];

/** NAT's actions. */
export const SPACE = actionSpace(NAT_TRANSITIONS);

const EDGES = 2 * NAT_NODES;

/** What the edges of such a cell may become. */
export const constraintOf = (cell: Cell): Constraint =>
  legality(allowedActions({ space: SPACE, fixed: GLUE_EDGES, edges: EDGES, batch: 1 }, [cell]));

/** Probabilities of one cell: (edges, actions). */
export const ROW = EDGES * SPACE.count;

/** The sizes of the GCN: smaller than the paper's, since its graphs are. */
const GCN_SIZES = { embedding: 32, features: 64, hidden: [64, 64] } as const;

function policyOf({ policy, adjacency, readout, architectures }: Learner): Policy {
  const options: PolicyOptions = {
    primitives: OPERATION_PRIMITIVES,
    nodes: NAT_NODES,
    space: SPACE,
    batch: architectures,
    cells: 1,
    fixed: GLUE_EDGES,
    ...(adjacency === null ? {} : { adjacency: { kind: adjacency, normalizeRows: false } }),
    ...(readout === null ? {} : { readout }),
  };
  return policy === 'gcn' ? gcnPolicy(options, GCN_SIZES) : createPolicy(policy, options);
}

/** Trains a policy on the cells of the training half, and resolves to its probabilities of any cells, (cells, ROW). */
export async function trainLearner(
  learner: Learner,
  benchmark: BenchmarkTask,
): Promise<(cells: Int32Array) => Promise<Float32Array>> {
  const { table, train, seed, progress } = benchmark;
  const config = { ...learner.training, baseline: learner.baseline, seed };
  const task = taskOf(table, train, learner.ownHalf);
  const device = await benchmark.device();
  const trainer = await trainPolicy(device, () => policyOf(learner), config, task, progress);
  return (cells) => trainer.probabilities(Array.from(cells, (cell) => [toNatCell(cell)]));
}

/** Cells of the training half, all equally probable, and the validation accuracy that a transformation gains. */
function taskOf({ validation12 }: BenchmarkTable, train: Int32Array, ownHalf: boolean): PolicyTask {
  const known = ownHalf ? new Set(train) : null;
  const gain = (before: number, after: number): number =>
    known?.has(after) === false ? 0 : (validation12[after]! - validation12[before]!) / 100;
  return {
    sample: (rng) => [toNatCell(train[rng.int(train.length)]!)],
    reward: ([before], [after]) => gain(fromNatCell(before!), fromNatCell(after!)),
  };
}
