// A quantity over the seeds of an experiment.

export interface Statistic {
  readonly mean: number;
  /** Sample standard deviation (divided by n - 1); null for one value. */
  readonly deviation: number | null;
  /** In the order of the seeds. */
  readonly values: readonly number[];
}

/** Of one value or more. */
export function statistic(values: readonly number[]): Statistic {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : null, values };
}
