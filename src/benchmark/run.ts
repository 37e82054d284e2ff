// Every method on every seed: a seed splits the cells, a method is prepared on one part and judged on the other.
import { progressOrStop, type RunObserver } from '../run/observer.ts';
import { createJudge, type Figures } from './judge.ts';
import { type BenchmarkMethod, createLookups } from './method.ts';
import { splitCells } from './split.ts';
import { meanOf } from '../core/statistics.ts';
import { type Interval, interval } from './statistics.ts';
import type { BenchmarkTable } from './table.ts';
import { isTransformation } from './transformations.ts';

/** Gains in percentage points, everything else as shares. */
export interface MethodResult {
  readonly name: string;
  readonly adjacency: string | null;
  readonly baseline: string | null;
  readonly gain: Interval;
  /** Of the oracle's gain; null where no cell can be improved. */
  readonly oracle_share: number | null;
  readonly worse: number;
  readonly top1000: Interval;
  readonly params: number;
  readonly madds: number;
}

/** What `nat benchmark nasbench201 --json` prints. */
export interface BenchmarkResult {
  readonly table: string;
  readonly seeds: readonly number[];
  /** How many there are in each part. */
  readonly cells: { readonly train: number; readonly test: number };
  readonly methods: readonly MethodResult[];
}

export interface BenchmarkRequest {
  readonly table: BenchmarkTable;
  readonly methods: readonly BenchmarkMethod[];
  readonly seeds: readonly number[];
  readonly observer: Pick<RunObserver, 'progress' | 'interrupted'>;
}

/**
 * Runs the methods on the seeds. Throws Interrupted once the user has asked to stop, and RangeError for a method that
 * looks up too much or chooses what is no transformation.
 */
export async function runBenchmark({
  table,
  methods,
  seeds,
  observer,
}: BenchmarkRequest): Promise<BenchmarkResult> {
  const judge = createJudge(table);
  const figures = methods.map((): Figures[] => []);
  let cells = { train: 0, test: 0 };
  const total = seeds.length * methods.length;
  for (const [round, seed] of seeds.entries()) {
    const { train, test } = splitCells(seed);
    cells = { train: train.length, test: test.length };
    for (const [i, method] of methods.entries()) {
      const { lookups } = method;
      const transform = await method.prepare({ table, train, seed });
      const chosen = await transform(test, () => createLookups(table.validation12, lookups));
      requireCells(method, test, chosen);
      figures[i]!.push(judge(test, chosen));
      await pause();
      const done = round * methods.length + i + 1;
      progressOrStop(observer, { label: 'methods and seeds', done, total });
    }
  }
  const results = methods.map((method, i) => summarise(method, figures[i]!));
  return { table: table.name, seeds, cells, methods: results };
}

/** Lets the user's interruption be heard: without a device to wait for, nothing else does. */
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function requireCells({ name, anyCell }: BenchmarkMethod, before: Int32Array, after: Int32Array): void {
  if (after.length !== before.length) {
    throw new RangeError(`${name}: chose ${after.length} cells for ${before.length}`);
  }
  const wrong = anyCell ? -1 : before.findIndex((cell, i) => !isTransformation(cell, after[i]!));
  if (wrong >= 0) {
    throw new RangeError(`${name}: cell ${before[wrong]} may not become ${after[wrong]}`);
  }
}

function summarise({ name, adjacency, baseline }: BenchmarkMethod, seeds: readonly Figures[]): MethodResult {
  const values = (figure: keyof Figures): number[] => seeds.map((figures) => figures[figure]);
  const gain = interval(values('gain'));
  const oracle = meanOf(values('oracleGain'));
  return {
    name,
    adjacency,
    baseline,
    gain,
    oracle_share: oracle === 0 ? null : gain.mean / oracle,
    worse: meanOf(values('worse')),
    top1000: interval(values('topGain')),
    params: meanOf(values('params')),
    madds: meanOf(values('madds')),
  };
}
