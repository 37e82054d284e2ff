// Where answers to a cell stand among all cells: by test accuracy after full training.
import { networkCosts } from './cost.ts';
import { formatCell } from './space.ts';
import type { BenchmarkTable } from './table.ts';
import { transformationsOf } from './transformations.ts';

/** A cell among all. */
export interface Place {
  /** The benchmark's own string. */
  readonly cell: string;
  /** Of the test images, in percent. */
  readonly accuracy: number;
  /** One more than there are better cells. */
  readonly rank: number;
  /** Of the benchmark's network. */
  readonly params: number;
  readonly madds: number;
}

/** A function that tells the place of a cell by its number. */
export function placesIn({ test200 }: BenchmarkTable): (cell: number) => Place {
  const costs = networkCosts();
  const rising = test200.toSorted();
  return (cell) => {
    const accuracy = test200[cell]!;
    return { cell: formatCell(cell), accuracy, rank: 1 + countAbove(rising, accuracy), ...costs[cell]! };
  };
}

/** How many of the rising numbers are larger. */
function countAbove(rising: Float64Array, value: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return rising.length - low;
}

/**
 * The mean test accuracy of the best of ten uniform transformations of a cell by validation accuracy, drawn with
 * repetition: exactly, over all draws. Of equally good ones each is equally often the first.
 */
export function meanOfBestOf10({ validation12, test200 }: BenchmarkTable, cell: number): number {
  const rising = transformationsOf(cell).sort((a, b) => validation12[a]! - validation12[b]!);
  const share = (count: number): number => (count / rising.length) ** 10;
  let mean = 0;
  for (let first = 0; first < rising.length;) {
    const accuracy = validation12[rising[first]!]!;
    let end = first;
    let sum = 0;
    for (; end < rising.length && validation12[rising[end]!] === accuracy; end++)
      sum += test200[rising[end]!]!;
    mean += (share(end) - share(first)) * (sum / (end - first));
    first = end;
  }
  return mean;
}
