// A short lesson for `nat start`: the best setting, trained for a few seconds on half of the table's cells, and what it
// gains on the others beside random transformations.
import type { Device } from '../../runtime/engine/engine.ts';
import { nullIfInterrupted, type RunObserver } from '../run/observer.ts';
import { methodsOf } from './learned_methods.ts';
import { type Learner, LEARNERS } from './learner.ts';
import { runBenchmark } from './run.ts';
import type { BenchmarkTable } from './table.ts';
import { UNTRAINED_METHODS } from './untrained_methods.ts';

/** Updates of the policy: half of the benchmark's. */
const STEPS = 1000;
/** Which half of the cells the policy learns from, and how, follows from it. */
export const LESSON_SEED = 1;

/** The best setting, for a few seconds. */
export const lessonLearner = (): Learner => ({
  ...LEARNERS[0]!,
  training: { ...LEARNERS[0]!.training, steps: STEPS },
});

/** Gains of test accuracy in points, means over the cells that the policy did not learn from. */
export interface Lesson {
  readonly cells: number;
  readonly steps: number;
  /** A single transformation. */
  readonly one: { readonly random: number; readonly policy: number };
  /** The best of ten by validation accuracy. */
  readonly bestOf10: { readonly random: number; readonly policy: number };
  /** The best of all by validation accuracy. */
  readonly exhaustive: number;
}

/** Null where the user interrupted it. */
export async function learnLesson(
  device: Device,
  table: BenchmarkTable,
  observer: Pick<RunObserver, 'progress' | 'interrupted'>,
): Promise<Lesson | null> {
  const names = ['random', 'maximum-gcn', 'random-best-of-10', 'maximum-gcn-best-of-10', 'exhaustive'];
  const all = [...UNTRAINED_METHODS, ...methodsOf(lessonLearner())];
  const methods = names.map((name) => all.find((method) => method.name === name)!);
  const openDevice = async (): Promise<Device> => device;
  const result = await runBenchmark({ table, methods, seeds: [LESSON_SEED], observer, openDevice }).catch(
    nullIfInterrupted,
  );
  if (!result) return null;
  const [random, policy, randomOf10, policyOf10, exhaustive] = result.methods.map(({ gain }) => gain.mean);
  return {
    cells: result.cells.test,
    steps: STEPS,
    one: { random: random!, policy: policy! },
    bestOf10: { random: randomOf10!, policy: policyOf10! },
    exhaustive: exhaustive!,
  };
}

/** A few lines for people. */
export function describeLesson({ cells, steps, one, bestOf10, exhaustive }: Lesson): string {
  const grouped = (count: number): string => count.toLocaleString('en-US');
  const points = (gain: number): string => `${gain > 0 ? '+' : ''}${gain.toFixed(2)}`.padStart(10);
  const row = (label: string, random: string, policy: string): string =>
    `${label.padEnd(36)}${random}${policy}\n`;
  return (
    `Ground truth: points of test accuracy that a transformation gains, on average over ${grouped(cells)} cells\n` +
    `of NAS-Bench-201; the policy has learned from other cells, in ${grouped(steps)} steps\n` +
    row('', 'random'.padStart(10), 'policy'.padStart(10)) +
    row('one transformation', points(one.random), points(one.policy)) +
    row('best of 10 by validation accuracy', points(bestOf10.random), points(bestOf10.policy)) +
    row('best of all by validation accuracy', points(exhaustive), '')
  );
}
