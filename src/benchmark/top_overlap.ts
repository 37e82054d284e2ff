// How many of the best by one column are among the best by another.

/**
 * Share of the k largest of `predicted` that are among the k largest of `actual`. Entries that tie for the last places
 * share them: each counts as often as random choices among them would take it.
 */
export function topOverlap(predicted: ArrayLike<number>, actual: ArrayLike<number>, k: number): number {
  const [a, b] = [placesAmongTop(predicted, k), placesAmongTop(actual, k)];
  return a.reduce((sum, place, i) => sum + place * b[i]!, 0) / k;
}

/** By entry: 1 for the k largest, 0 for all others; a share of what places are left for those that tie for them. */
function placesAmongTop(values: ArrayLike<number>, k: number): number[] {
  const entries = Array.from(values);
  const last = entries.toSorted((a, b) => b - a)[k - 1]!;
  const above = entries.filter((value) => value > last).length;
  const tied = entries.filter((value) => value === last).length;
  return entries.map((value) => (value > last ? 1 : value === last ? (k - above) / tied : 0));
}

/**
 * The shares between which the overlap of two unrelated columns of n entries lies with a probability of at least 95%: at
 * most 2.5% lie below and above (the hypergeometric distribution).
 */
export function chanceOverlap(n: number, k: number): { readonly low: number; readonly high: number } {
  const least = Math.max(0, 2 * k - n);
  const weights = [1];
  for (let j = least; j < k; j++) {
    weights.push((weights.at(-1)! * (k - j) * (k - j)) / ((j + 1) * (n - 2 * k + j + 1)));
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const below = (count: number): number =>
    weights.slice(0, count).reduce((sum, weight) => sum + weight, 0) / total;
  const counts = weights.map((_, i) => i);
  const low = counts.findLast((count) => below(count) <= 0.025)!;
  const high = counts.find((count) => 1 - below(count + 1) <= 0.025)!;
  return { low: (least + low) / k, high: (least + high) / k };
}
