// The methods that learn: policies trained by REINFORCE on the training half, once a seed for all methods that share a
// learner, which differ in how a transformation comes out of the probabilities (sections 3.4 and 4.4 of the paper).
import { sampleActions } from '../policy/sampling.ts';
import { mostProbable } from './candidates.ts';
import { constraintOf, type Learner, LEARNERS, ROW, SPACE, trainLearner } from './learner.ts';
import { type BenchmarkMethod, type BenchmarkTask, drawsFor, type Lookups } from './method.ts';
import { fromNatCell, toNatCell } from './space.ts';
import { bestOf, CANDIDATES } from './untrained_methods.ts';

/**
 * Of the way from a cell's own validation accuracy to the best of the training half, the share that a transformation
 * must go to be taken. What goes less far is as often worse after full training as better: 0.3 costs no gain.
 */
const SHARE = 0.3;
/** Of the cautious method, which gives away some of the gain so that few cells are made worse. */
const CAUTIOUS_SHARE = 0.65;
/** What gains as much of the best of the training half is taken in any case: a poor cell is far from the best. */
const ENOUGH = 0.1;

/** What a method knows when it transforms a cell. */
interface Question {
  readonly cell: number;
  /** (edges, actions) */
  readonly probabilities: Float32Array;
  readonly lookups: Lookups;
  readonly seed: number;
  /** The highest validation accuracy of the training half. */
  readonly bestKnown: number;
}

/** Draws of the policy, with repetition. */
function draws({ cell, probabilities, seed }: Question, count: number): number[] {
  const rng = drawsFor(seed, cell);
  const before = toNatCell(cell);
  const constraint = constraintOf(before);
  return Array.from({ length: count }, () => {
    const actions = new Int32Array(before.length);
    sampleActions(probabilities, actions, rng, constraint);
    return fromNatCell(SPACE.apply(before, actions));
  });
}

/**
 * The best by validation accuracy of the cell's nine most probable other transformations where it gains enough, else
 * the cell itself.
 * @param share of the way to the best known accuracy that it must go
 */
function bestOfProbable({ cell, probabilities, lookups, bestKnown }: Question, share: number): number {
  const probable = mostProbable(SPACE, cell, probabilities, CANDIDATES);
  const others = probable.filter((candidate) => candidate !== cell).slice(0, CANDIDATES - 1);
  const best = bestOf([cell, ...others], lookups);
  const own = lookups.validation(cell);
  const enough = Math.min(share * (bestKnown - own), ENOUGH * bestKnown);
  return lookups.validation(best) - own > enough ? best : cell;
}

/** By the end of a method's name: look-ups, and the choice. */
const CHOICES: readonly {
  readonly name: (policy: string) => string;
  readonly lookups: number;
  readonly choose: (question: Question) => number;
}[] = [
  { name: (policy) => `sampling-${policy}`, lookups: 0, choose: (question) => draws(question, 1)[0]! },
  {
    name: (policy) => `sampling-${policy}-best-of-10`,
    lookups: CANDIDATES,
    choose: (question) => bestOf(draws(question, CANDIDATES), question.lookups),
  },
  {
    name: (policy) => `maximum-${policy}`,
    lookups: 0,
    choose: ({ cell, probabilities }) => mostProbable(SPACE, cell, probabilities, 1)[0]!,
  },
  {
    name: (policy) => `maximum-${policy}-best-of-10`,
    lookups: CANDIDATES,
    choose: (question) => bestOfProbable(question, SHARE),
  },
  {
    name: (policy) => `cautious-${policy}-best-of-10`,
    lookups: CANDIDATES,
    choose: (question) => bestOfProbable(question, CAUTIOUS_SHARE),
  },
];

type Predictor = (cells: Int32Array) => Promise<Float32Array>;

/** Trains once for all methods that ask for the same table and seed in succession. */
function sharedTraining(learner: Learner): (task: BenchmarkTask) => Promise<Predictor> {
  let last: { readonly table: object; readonly seed: number; readonly predictor: Promise<Predictor> } | null =
    null;
  return (task) => {
    if (last?.table !== task.table || last.seed !== task.seed) {
      const { table, seed } = task;
      last = { table, seed, predictor: remembering(trainLearner(learner, task)) };
    }
    return last.predictor;
  };
}

/** Asks once for the same cells. */
async function remembering(trained: Promise<Predictor>): Promise<Predictor> {
  const predictor = await trained;
  let known: { readonly key: string; readonly probabilities: Promise<Float32Array> } | null = null;
  return (cells) => {
    const key = cells.join();
    if (known?.key !== key) known = { key, probabilities: predictor(cells) };
    return known.probabilities;
  };
}

/** The methods of one learner. */
function methodsOf(learner: Learner): BenchmarkMethod[] {
  const train = sharedTraining(learner);
  const { adjacency, readout, baseline } = learner;
  const policy = learner.ownHalf ? `own-half-${learner.policy}` : learner.policy;
  return CHOICES.map(({ name, lookups: allowed, choose }) => ({
    name: name(policy),
    adjacency,
    readout,
    baseline,
    settings: { ...learner, share: SHARE, cautiousShare: CAUTIOUS_SHARE, enough: ENOUGH },
    lookups: allowed,
    async prepare(task) {
      const predictor = await train(task);
      const { table, train: known, seed } = task;
      const bestKnown = known.reduce((best, cell) => Math.max(best, table.validation12[cell]!), 0);
      return async (cells, lookups) => {
        const all = await predictor(cells);
        return cells.map((cell, i) => {
          const probabilities = all.subarray(i * ROW, (i + 1) * ROW);
          return choose({ cell, probabilities, lookups: lookups(cell), seed, bestKnown });
        });
      };
    },
  }));
}

export const LEARNED_METHODS: readonly BenchmarkMethod[] = LEARNERS.flatMap(methodsOf);
