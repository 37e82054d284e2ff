// What the benchmark measures: a way to transform cells it was not prepared on, which may look up a limited number of
// validation accuracies for each.
import { type Rng, stepRng, STREAM } from '../core/rng.ts';
import type { BenchmarkTable } from './table.ts';

/** The validation accuracies that may be looked up while one cell is transformed. */
export interface Lookups {
  /** How many more cells may be looked up. */
  left(): number;
  /** Percent; a cell that was looked up before costs nothing. Throws RangeError where none is left. */
  validation(cell: number): number;
  known(cell: number): boolean;
}

/** @param validation accuracies of all cells */
export function createLookups(validation: Float64Array, allowed: number): Lookups {
  const seen = new Set<number>();
  return {
    left: () => allowed - seen.size,
    known: (cell) => seen.has(cell),
    validation(cell) {
      seen.add(cell);
      if (seen.size > allowed) throw new RangeError(`a method looked up more than ${allowed} cells`);
      return validation[cell]!;
    },
  };
}

/** What a method is prepared with, once a seed. */
export interface BenchmarkTask {
  readonly table: BenchmarkTable;
  /** The cells that it may learn from. */
  readonly train: Int32Array;
  readonly seed: number;
}

/** For each of some cells a transformation of it, in the same order. */
export type CellTransformer = (
  cells: Int32Array,
  lookups: (cell: number) => Lookups,
) => Int32Array | Promise<Int32Array>;

export interface BenchmarkMethod {
  readonly name: string;
  /** Of a policy: the adjacency matrix that it sees, and the baseline of its rewards; null for what has none. */
  readonly adjacency: string | null;
  readonly baseline: string | null;
  /** How many validation accuracies it may look up for a cell. */
  readonly lookups: number;
  /** Whether it may choose any cell; only transformations by NAT's moves unless given. */
  readonly anyCell?: true;
  prepare(task: BenchmarkTask): CellTransformer | Promise<CellTransformer>;
}

/** The random numbers for one cell: they depend neither on the method nor on which cells came before. */
export const drawsFor = (seed: number, cell: number): Rng => stepRng(seed, STREAM.derive, cell);

/** A transformer for what takes the cells one by one. */
export const cellByCell =
  (seed: number, choose: (cell: number, lookups: Lookups, rng: Rng) => number): CellTransformer =>
  (cells, lookups) =>
    cells.map((cell) => choose(cell, lookups(cell), drawsFor(seed, cell)));
