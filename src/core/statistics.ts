// Means of a few numbers, summed in their order, how well they are known, and whether paired ones differ.

/** Of one value or more. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Around the mean, divided by n - 1; of two values or more. */
export function sampleVariance(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return squares / (values.length - 1);
}

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

export interface SignFlipTest {
  /** That the differences are not above 0: share of the sign patterns whose sum is as large as theirs or larger. */
  readonly greater: number;
  /** That they are as often below 0 as above: share of the patterns whose sum is as far from 0 or farther. */
  readonly twoSided: number;
}

/** Sums that differ by less than this share of their terms are taken as equal, in whatever order they were added. */
const SAME_SUM = 1e-12;
/** Of which half is enumerated: 2^20 sums. */
export const MOST_DIFFERENCES = 40;

/**
 * P-values of paired differences, exact: where nothing distinguishes the two of a pair, every difference may as well
 * have the other sign, so all 2^n patterns of signs are equally probable (Fisher, "The design of experiments", section
 * 21). To test whether differences are above -m (no worse by m or more), add m to each.
 * Throws RangeError for none, or more than 40.
 */
export function signFlipTest(differences: readonly number[]): SignFlipTest {
  const n = differences.length;
  if (n === 0 || n > MOST_DIFFERENCES) {
    throw new RangeError(`signFlipTest: got ${n} differences, expected 1 to ${MOST_DIFFERENCES}`);
  }
  const total = differences.reduce((sum, difference) => sum + difference, 0);
  const size = differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
  const middle = n >> 1;
  const first = flippedSums(differences.slice(0, middle));
  const second = flippedSums(differences.slice(middle));
  /** Share of the patterns with a sum of at least `bound`: as one half's sum grows, less is wanted of the other. */
  const shareFrom = (bound: number): number => {
    let [count, wanted] = [0, second.length];
    for (const sum of first) {
      while (wanted > 0 && sum + second[wanted - 1]! >= bound - SAME_SUM * size) wanted--;
      count += second.length - wanted;
    }
    return count / (first.length * second.length);
  };
  // patterns come in pairs of opposite sums
  const twoSided = Math.min(1, 2 * shareFrom(Math.abs(total)));
  return { greater: shareFrom(total), twoSided };
}

/** The sums of all patterns of signs, ascending. */
function flippedSums(values: readonly number[]): Float64Array {
  let sums = Float64Array.of(0);
  for (const value of values) {
    const both = new Float64Array(2 * sums.length);
    both.set(sums.map((sum) => sum + value));
    both.set(
      sums.map((sum) => sum - value),
      sums.length,
    );
    sums = both;
  }
  return sums.sort();
}
