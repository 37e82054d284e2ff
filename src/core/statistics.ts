// Means and variances of a few numbers, summed in their order.

/** Of one value or more. */
export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Around the mean, divided by n - 1; of two values or more. */
export function sampleVariance(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return squares / (values.length - 1);
}
