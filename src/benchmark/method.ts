// What the benchmark measures: a way to transform cells it was not prepared on, which may look up a limited number of
// validation accuracies for each.
import type { Device } from '../../runtime/engine/engine.ts';
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
  /** Where it may learn; always the same device. */
  device(): Promise<Device>;
  /** To be called while it learns: tells the user how far it is, and throws where they have asked to stop. */
  progress(done: number, total: number): void;
}

/** For each of some cells a transformation of it, in the same order. */
export type CellTransformer = (
  cells: Int32Array,
  lookups: (cell: number) => Lookups,
) => Int32Array | Promise<Int32Array>;

/** A way to transform the cells of a benchmark, with what is told about it in its results. */
export interface BenchmarkMethod {
  readonly name: string;
  /** Of a policy: the adjacency matrix that it sees, and the baseline of its rewards; null for what has none. */
  readonly adjacency: string | null;
  readonly baseline: string | null;
  /** Of a GCN: from what it scores an edge. */
  readonly readout?: string | null;
  /** Whatever else its results depend on: a kept result counts where this is the same. */
  readonly settings?: object;
  /** How many validation accuracies it may look up for a cell. */
  readonly lookups: number;
  /** Whether it may choose any cell; only transformations by NAT's moves unless given. */
  readonly anyCell?: true;
  prepare(task: BenchmarkTask): CellTransformer | Promise<CellTransformer>;
}

/** A method's name among all: 'maximum-gcn/symmetric/node/best'. */
export const methodId = ({ name, adjacency, readout = null, baseline }: BenchmarkMethod): string =>
  [name, adjacency, readout, baseline].filter((part) => part !== null).join('/');

/** The random numbers for one cell: they depend neither on the method nor on which cells came before. */
export const drawsFor = (seed: number, cell: number): Rng => stepRng(seed, STREAM.derive, cell);

/** A transformer for what takes the cells one by one. */
export const cellByCell =
  (seed: number, choose: (cell: number, lookups: Lookups, rng: Rng) => number): CellTransformer =>
  (cells, lookups) =>
    cells.map((cell) => choose(cell, lookups(cell), drawsFor(seed, cell)));
