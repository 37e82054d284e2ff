// A quantity over the seeds of an experiment.
import { meanOf, sampleVariance } from '../core/statistics.ts';

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
