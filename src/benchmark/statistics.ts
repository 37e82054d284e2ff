// The mean of a quantity over seeds, and how well it is known.
import { meanOf, sampleVariance } from '../core/statistics.ts';

export interface Interval {
  readonly mean: number;
  /** The 95% interval of the mean; null for a single value. */
  readonly low: number | null;
  readonly high: number | null;
}

/** Student's t, 0.975, from 1 degree of freedom on; then for some, each good for those up to the next. */
const QUANTILES = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];
const LATER_QUANTILES = [
  { from: 120, quantile: 1.98 },
  { from: 60, quantile: 2 },
  { from: 40, quantile: 2.021 },
  { from: 30, quantile: 2.042 },
];

const quantile = (degrees: number): number =>
  QUANTILES[degrees - 1] ?? LATER_QUANTILES.find(({ from }) => degrees >= from)!.quantile;

/** Mean and Student's interval of one value or more, taken as independent. */
export function interval(values: readonly number[]): Interval {
  const n = values.length;
  const mean = meanOf(values);
  if (n === 1) return { mean, low: null, high: null };
  const half = quantile(n - 1) * Math.sqrt(sampleVariance(values) / n);
  return { mean, low: mean - half, high: mean + half };
}
