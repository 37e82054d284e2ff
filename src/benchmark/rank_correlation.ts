// How well one column of numbers orders what another does.
import { meanOf } from '../core/statistics.ts';

/**
 * Kendall's tau-b (Kendall, "The treatment of ties in ranking problems", 1945): pairs in the same order less those in
 * opposite order, over the geometric mean of the pairs that either column tells apart. By Knight's algorithm (1966): the
 * swaps of a merge sort. Null where a column is constant.
 */
export function kendallTau(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const n = x.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => x[a]! - x[b]! || y[a]! - y[b]!);
  const xs = order.map((i) => x[i]!);
  const ys = order.map((i) => y[i]!);
  const tiedInBoth = tiedPairs(n, (i) => xs[i] === xs[i - 1] && ys[i] === ys[i - 1]);
  const tiedInX = tiedPairs(n, (i) => xs[i] === xs[i - 1]);
  const opposite = sortCountingSwaps(ys);
  const tiedInY = tiedPairs(n, (i) => ys[i] === ys[i - 1]);
  const all = (n * (n - 1)) / 2;
  const [apartInX, apartInY] = [all - tiedInX, all - tiedInY];
  if (apartInX === 0 || apartInY === 0) return null;
  const same = all - tiedInX - tiedInY + tiedInBoth - opposite;
  return (same - opposite) / Math.sqrt(apartInX * apartInY);
}

/** Pairs inside runs of equal entries. @param equal whether entry i, 1 or more, is equal to the one before */
function tiedPairs(n: number, equal: (i: number) => boolean): number {
  let pairs = 0;
  let run = 0;
  for (let i = 1; i < n; i++) {
    run = equal(i) ? run + 1 : 0;
    pairs += run;
  }
  return pairs;
}

/** Sorts in place; how many pairs stood in the wrong order, equal ones not among them. */
function sortCountingSwaps(values: number[]): number {
  let swaps = 0;
  for (let width = 1; width < values.length; width *= 2) {
    const before = values.slice();
    for (let begin = 0; begin < before.length; begin += 2 * width) {
      const middle = Math.min(begin + width, before.length);
      const end = Math.min(begin + 2 * width, before.length);
      let [left, right] = [begin, middle];
      for (let at = begin; at < end; at++) {
        if (right === end || (left < middle && before[left]! <= before[right]!)) values[at] = before[left++]!;
        else {
          swaps += middle - left;
          values[at] = before[right++]!;
        }
      }
    }
  }
  return swaps;
}

/** Spearman's rho: the correlation of the ranks, where equal numbers share theirs. Null where a column is constant. */
export function spearmanRho(x: ArrayLike<number>, y: ArrayLike<number>): number | null {
  const [a, b] = [averageRanks(x), averageRanks(y)];
  const mean = (x.length + 1) / 2;
  const products = (p: readonly number[], q: readonly number[]): number =>
    meanOf(p.map((rank, i) => (rank - mean) * (q[i]! - mean)));
  const [spreadOfA, spreadOfB] = [products(a, a), products(b, b)];
  if (spreadOfA === 0 || spreadOfB === 0) return null;
  return products(a, b) / Math.sqrt(spreadOfA * spreadOfB);
}

/** Ranks from 1, ascending; equal numbers have the mean of the ranks that they take up. */
export function averageRanks(values: ArrayLike<number>): number[] {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = order.map(() => 0);
  for (let begin = 0; begin < order.length;) {
    let end = begin + 1;
    while (end < order.length && values[order[end]!] === values[order[begin]!]) end++;
    for (let i = begin; i < end; i++) ranks[order[i]!] = (begin + 1 + end) / 2;
    begin = end;
  }
  return ranks;
}
