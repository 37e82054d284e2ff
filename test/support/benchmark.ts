// The table of NAS-Bench-201 for tests, and transformations of its cells by name, enumerated without anything of src/.

import type { BenchmarkTask } from '../../src/benchmark/method.ts';
import { type BenchmarkTable, parsePackedTable } from '../../src/benchmark/table.ts';
import { testEngine } from './device.ts';
import { readRepositoryFile } from './repository.ts';

const OPS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];

export const readBenchmarkTable = (): BenchmarkTable =>
  parsePackedTable(readRepositoryFile('src/benchmark/nasbench201/cifar10.safetensors'), 'cifar10');

/** What a method is prepared with in a test, where nobody asks it to stop. */
export const benchmarkTask = (task: Pick<BenchmarkTask, 'table' | 'train' | 'seed'>): BenchmarkTask => ({
  ...task,
  device: () => testEngine(),
  progress: () => {},
});

const architecture = ([a, b, c, d, e, f]: readonly string[]): string =>
  `|${a}~0|+|${b}~0|${c}~1|+|${d}~0|${e}~1|${f}~2|`;

/** All choices of one element a list, in the order in which the last list runs fastest. */
export function product(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>(
    (chosen, list) => chosen.flatMap((start) => list.map((item) => [...start, item])),
    [[]],
  );
}

/** The operations of all cells, in the benchmark's order. */
export const ALL_CELLS: readonly string[][] = product([OPS, OPS, OPS, OPS, OPS, OPS]);
export const ALL_STRINGS: readonly string[] = ALL_CELLS.map(architecture);

/** Operation -> positions in OPS of what it may become: it stays, or becomes a skip connection or none. */
const MOVES: Readonly<Record<string, readonly number[]>> = {
  none: [0, 1],
  skip_connect: [1, 0],
  nor_conv_1x1: [2, 1, 0],
  nor_conv_3x3: [3, 1, 0],
  avg_pool_3x3: [4, 1, 0],
};

/** Positions in ALL_STRINGS of everything that a cell may become. */
export const plainTransformations = (cell: number): number[] =>
  ALL_CELLS[cell]!.reduce<number[]>(
    (starts, op) => starts.flatMap((start) => MOVES[op]!.map((move) => 5 * start + move)),
    [0],
  );

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
