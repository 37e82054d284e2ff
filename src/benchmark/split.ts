// Which cells a method may learn from, and which judge it.
import { createRng, STREAM } from '../core/rng.ts';
import { CELL_COUNT } from './space.ts';

/** Cells by number, each part in ascending order. */
export interface BenchmarkSplit {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** A random half of the cells to learn from, the rest to judge; of an odd number the judge gets one more. */
export function splitCells(seed: number): BenchmarkSplit {
  const cells = Int32Array.from({ length: CELL_COUNT }, (_, cell) => cell);
  createRng(seed, STREAM.split).shuffle(cells);
  const half = Math.floor(CELL_COUNT / 2);
  return { train: cells.slice(0, half).sort(), test: cells.slice(half).sort() };
}
