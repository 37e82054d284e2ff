// The best setting beside every other method, seed by seed: both have transformed the same cells.
import { type Interval, interval, signFlipTest } from '../core/statistics.ts';

/** More than this many differences are too many for the exact test. */
const MOST_SEEDS = 40;

/** The method that gains most at ten look-ups, by its id. */
export const SUBJECT = 'maximum-gcn-best-of-10/directed/cell/best';

export interface Comparison {
  /** The method that the subject is compared with. */
  readonly with: string;
  /** The subject's gain less that of the other, in points: the mean over seeds. */
  readonly difference: Interval;
  /** Two-sided, of the exact sign-flip test over seeds; null for more of them than it takes. */
  readonly p: number | null;
}

/** The gains of a method, one a seed. */
export interface Gains {
  readonly id: string;
  readonly gains: readonly number[];
}

/** The subject with each of the others, in their order; none where it is not among them. */
export function compareMethods(methods: readonly Gains[]): Comparison[] {
  const subject = methods.find(({ id }) => id === SUBJECT);
  if (!subject) return [];
  return methods
    .filter((other) => other !== subject)
    .map(({ id, gains }) => {
      const differences = gains.map((gain, seed) => subject.gains[seed]! - gain);
      const p = differences.length > MOST_SEEDS ? null : signFlipTest(differences).twoSided;
      return { with: id, difference: interval(differences), p };
    });
}
