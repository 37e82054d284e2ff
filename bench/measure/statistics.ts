// What a sample of times says: its middle, its spread, and whether two of them differ by more than chance.

/** Times of one iteration in milliseconds, over the samples of a measurement. */
export interface Summary {
  readonly median: number;
  /** First and third quartile. */
  readonly q1: number;
  readonly q3: number;
  /** Median absolute deviation from the median. */
  readonly mad: number;
  readonly min: number;
  readonly samples: number;
}

/** The value below which the share `p` of the values lies, interpolated between neighbours. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const next = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (at - below) * (next - sorted[below]!);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function summarize(values: readonly number[]): Summary {
  const middle = median(values);
  return {
    median: middle,
    q1: quantile(values, 0.25),
    q3: quantile(values, 0.75),
    mad: median(values.map((value) => Math.abs(value - middle))),
    min: Math.min(...values),
    samples: values.length,
  };
}

/** Makes the median absolute deviation of normally distributed values their standard deviation. */
const DEVIATIONS_PER_MAD = 1.4826;
/** No two runs agree better than this, whatever their spread says. */
const LEAST_RELATIVE_NOISE = 0.02;

/**
 * The largest difference of two medians that may be chance: twice the standard deviation of a difference of two
 * samples. It does not shrink with the number of samples, because those of one run share the machine's mood.
 */
export function noise(a: Summary, b: Summary): number {
  const spread = 2 * DEVIATIONS_PER_MAD * Math.hypot(a.mad, b.mad);
  return Math.max(spread, LEAST_RELATIVE_NOISE * Math.min(a.median, b.median));
}

export const exceedsNoise = (a: Summary, b: Summary): boolean => Math.abs(a.median - b.median) > noise(a, b);
