// How well a statistic of some cells is known, by drawing them again (Efron, "Bootstrap methods", 1979).
import { createRng, STREAM } from '../core/rng.ts';

export interface Estimate {
  /** Null where the statistic is not defined. */
  readonly value: number | null;
  /** The percentile interval of 95%; null where the statistic is defined for too few draws. */
  readonly low: number | null;
  readonly high: number | null;
}

const RESAMPLES = 500;

/**
 * The statistic of n entries, and between what it lies when n of them are drawn with repetition.
 * @param statistic of the entries of these numbers
 */
export function bootstrap(
  n: number,
  seed: number,
  statistic: (entries: readonly number[]) => number | null,
): Estimate {
  const value = statistic(Array.from({ length: n }, (_, i) => i));
  const rng = createRng(seed, STREAM.resample);
  const draws: number[] = [];
  for (let i = 0; i < RESAMPLES; i++) {
    const drawn = statistic(Array.from({ length: n }, () => rng.int(n)));
    if (drawn !== null) draws.push(drawn);
  }
  if (value === null || draws.length < RESAMPLES / 2) return { value, low: null, high: null };
  draws.sort((a, b) => a - b);
  const outside = Math.floor(0.025 * draws.length);
  return { value, low: draws[outside]!, high: draws.at(-1 - outside)! };
}
