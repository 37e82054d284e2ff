// The methods that learn: policies trained by REINFORCE on the training half, once a seed for all methods that share a
// learner, which differ in how a transformation comes out of the probabilities (sections 3.4 and 4.4 of the paper).
import { sampleActions } from '../policy/sampling.ts';
import { mostProbable } from './candidates.ts';
import { CAREFUL, type Caution, CAUTIOUS, isWorthwhile } from './caution.ts';
import { constraintOf, type Learner, LEARNERS, ROW, SPACE, trainLearner } from './learner.ts';
import { type BenchmarkMethod, drawsFor, type Lookups } from './method.ts';
import { oncePerSeed } from './shared_training.ts';
import { fromNatCell, toNatCell } from './space.ts';
import { bestOf, CANDIDATES } from './untrained_methods.ts';

/** What a method knows when it transforms a cell. */
export interface Question {
  readonly cell: number;
  /** (edges, actions) */
  readonly probabilities: Float32Array;
  readonly lookups: Lookups;
  readonly seed: number;
  /** The validation accuracies of the training half, ascending. */
  readonly known: Float64Array;
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
 * The best by validation accuracy of the cell's nine most probable other transformations where that is worthwhile,
 * else the cell itself.
 */
export function bestOfProbable({ cell, probabilities, lookups, known }: Question, caution: Caution): number {
  const probable = mostProbable(SPACE, cell, probabilities, CANDIDATES);
  const others = probable.filter((candidate) => candidate !== cell).slice(0, CANDIDATES - 1);
  const best = bestOf([cell, ...others], lookups);
  const [before, after] = [lookups.validation(cell), lookups.validation(best)];
  return isWorthwhile(caution, before, after, known) ? best : cell;
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
    choose: (question) => bestOfProbable(question, CAREFUL),
  },
  {
    name: (policy) => `cautious-${policy}-best-of-10`,
    lookups: CANDIDATES,
    choose: (question) => bestOfProbable(question, CAUTIOUS),
  },
];

type Predictor = (cells: Int32Array) => Promise<Float32Array>;

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

/** The methods of one learner, which is trained once a seed. */
export function methodsOf(learner: Learner): BenchmarkMethod[] {
  const train = oncePerSeed((task) => remembering(trainLearner(learner, task)));
  const { adjacency, readout, baseline } = learner;
  const policy = learner.ownHalf ? `own-half-${learner.policy}` : learner.policy;
  return CHOICES.map(({ name, lookups: allowed, choose }) => ({
    name: name(policy),
    adjacency,
    readout,
    baseline,
    settings: { ...learner, careful: CAREFUL, cautious: CAUTIOUS },
    lookups: allowed,
    async prepare(task) {
      const predictor = await train(task);
      const { table, train: half, seed } = task;
      const known = Float64Array.from(half, (cell) => table.validation12[cell]!).sort();
      return async (cells, lookups) => {
        const all = await predictor(cells);
        return cells.map((cell, i) => {
          const probabilities = all.subarray(i * ROW, (i + 1) * ROW);
          return choose({ cell, probabilities, lookups: lookups(cell), seed, known });
        });
      };
    },
  }));
}

/** Methods that learn to transform: the policies and NAO, under every adjacency and baseline. */
export const LEARNED_METHODS: readonly BenchmarkMethod[] = LEARNERS.flatMap(methodsOf);
