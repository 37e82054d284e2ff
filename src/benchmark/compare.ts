// The best setting beside every other method, seed by seed: both have transformed the same cells.
import { type Interval, interval, MOST_DIFFERENCES, signFlipTest } from '../core/statistics.ts';

/** The method that gains most at ten look-ups, by its id. */
export const SUBJECT = 'maximum-gcn-best-of-10/symmetric/cell/best';

/** What the subject has more than the other, in points. */
export interface Difference extends Interval {
  /** Two-sided, of the exact sign-flip test over seeds; null for more of them than it takes. */
  readonly p: number | null;
}

export interface Comparison {
  /** The method that the subject is compared with. */
  readonly with: string;
  readonly gain: Difference;
  /** Of those cells that are among the table's 1,000 best. */
  readonly top1000: Difference;
}

/** The gains of a method, one a seed. */
export interface Gains {
  readonly id: string;
  readonly gain: readonly number[];
  readonly top1000: readonly number[];
}

function differenceOf(subject: readonly number[], other: readonly number[]): Difference {
  const differences = subject.map((value, seed) => value - other[seed]!);
  const p = differences.length > MOST_DIFFERENCES ? null : signFlipTest(differences).twoSided;
  return { ...interval(differences), p };
}

/** The subject with each of the others, in their order; none where it is not among them. */
export function compareMethods(methods: readonly Gains[]): Comparison[] {
  const subject = methods.find(({ id }) => id === SUBJECT);
  if (!subject) return [];
  return methods
    .filter((other) => other !== subject)
    .map(({ id, gain, top1000 }) => ({
      with: id,
      gain: differenceOf(subject.gain, gain),
      top1000: differenceOf(subject.top1000, top1000),
    }));
}
