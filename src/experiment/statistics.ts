// Quantities over the seeds of an experiment.
import { interval, meanOf, sampleVariance, signFlipTest } from '../core/statistics.ts';

export interface Statistic {
  readonly mean: number;
  /** Sample standard deviation (divided by n - 1); null for one value. */
  readonly deviation: number | null;
  /** In the order of the seeds. */
  readonly values: readonly number[];
}

/** Of one value or more. */
export const statistic = (values: readonly number[]): Statistic => ({
  mean: meanOf(values),
  deviation: values.length > 1 ? Math.sqrt(sampleVariance(values)) : null,
  values,
});

/** Differences of pairs, one a seed. */
export interface Difference {
  readonly mean: number;
  /** Student's 95% interval of the mean; null for one value. */
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided, of the exact sign-flip test. */
  readonly p: number;
  /** In the order of the seeds. */
  readonly values: readonly number[];
}

/** Of one pair or more: how far the first values are above the second. */
export function difference(first: readonly number[], second: readonly number[]): Difference {
  const values = first.map((value, i) => value - second[i]!);
  return { ...interval(values), p: signFlipTest(values).twoSided, values };
}
