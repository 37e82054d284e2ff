// Every method on every seed: a seed splits the cells, a method is prepared on one part and judged on the other.
import type { Device } from '../../runtime/engine/engine.ts';
import { progressOrStop, type RunObserver } from '../run/observer.ts';
import { type Comparison, compareMethods } from './compare.ts';
import { createJudge, type Figures } from './judge.ts';
import type { KeptFigures } from './kept.ts';
import { type BenchmarkMethod, type BenchmarkTask, createLookups, methodId } from './method.ts';
import { splitCells } from './split.ts';
import { type Interval, interval, meanOf } from '../core/statistics.ts';
import type { BenchmarkTable } from './table.ts';
import { isTransformation } from './transformations.ts';

/** Gains in percentage points, everything else as shares. */
export interface MethodResult {
  readonly name: string;
  readonly adjacency: string | null;
  readonly readout: string | null;
  readonly baseline: string | null;
  readonly gain: Interval;
  /** Of the oracle's gain; null where no cell can be improved. */
  readonly oracle_share: number | null;
  readonly worse: number;
  readonly top1000: Interval;
  readonly params: number;
  readonly madds: number;
  /** Of every seed, in their order. */
  readonly by_seed: {
    readonly gain: readonly number[];
    readonly worse: readonly number[];
    readonly top1000: readonly number[];
  };
}

/** What `nat benchmark nasbench201 --json` prints. */
export interface BenchmarkResult {
  readonly table: string;
  readonly seeds: readonly number[];
  /** How many there are in each part. */
  readonly cells: { readonly train: number; readonly test: number };
  readonly methods: readonly MethodResult[];
  /** Of the best setting, where it is among the methods. */
  readonly comparisons: readonly Comparison[];
}

export interface BenchmarkRequest {
  readonly table: BenchmarkTable;
  readonly methods: readonly BenchmarkMethod[];
  readonly seeds: readonly number[];
  readonly observer: Pick<RunObserver, 'progress' | 'interrupted'>;
  /** Where methods learn; needed by those that do, and asked for once. */
  readonly openDevice?: () => Promise<Device>;
  /** Figures that were made before, and a place for those that are made now. */
  readonly kept?: KeptFigures;
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
  openDevice,
  kept,
}: BenchmarkRequest): Promise<BenchmarkResult> {
  const judge = createJudge(table);
  const figures = methods.map((): Figures[] => []);
  let cells = { train: 0, test: 0 };
  const total = seeds.length * methods.length;
  const device = once(async () => {
    if (!openDevice) throw new RangeError('runBenchmark: a method learns; give it openDevice');
    return openDevice();
  });
  for (const [round, seed] of seeds.entries()) {
    const { train, test } = splitCells(seed);
    cells = { train: train.length, test: test.length };
    for (const [i, method] of methods.entries()) {
      const done = round * methods.length + i;
      const label = `${done}/${total}: seed ${seed}, ${methodId(method)}`;
      const progress = (step: number, steps: number): void =>
        progressOrStop(observer, { label, done: step, total: steps });
      const known = await kept?.read(method, seed);
      const made =
        known ?? judge(test, await transformWith(method, test, { table, train, seed, device, progress }));
      figures[i]!.push(made);
      if (!known) await kept?.write(method, seed, made);
      await pause();
      progressOrStop(observer, { label: 'methods and seeds', done: done + 1, total });
    }
  }
  const results = methods.map((method, i) => summarise(method, figures[i]!));
  const comparisons = compareMethods(
    results.map(({ by_seed }, i) => ({ id: methodId(methods[i]!), ...by_seed })),
  );
  return { table: table.name, seeds, cells, methods: results, comparisons };
}

/** What a method makes of cells; throws for what it must not do. */
async function transformWith(
  method: BenchmarkMethod,
  cells: Int32Array,
  task: BenchmarkTask,
): Promise<Int32Array> {
  const transform = await method.prepare(task);
  const chosen = await transform(cells, () => createLookups(task.table.validation12, method.lookups));
  requireCells(method, cells, chosen);
  return chosen;
}

/** What `make` made the first time. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

/** Lets the user's interruption be heard: without a device to wait for, nothing else does. */
export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

function requireCells({ name, anyCell }: BenchmarkMethod, before: Int32Array, after: Int32Array): void {
  if (after.length !== before.length) {
    throw new RangeError(`${name}: chose ${after.length} cells for ${before.length}`);
  }
  const wrong = anyCell ? -1 : before.findIndex((cell, i) => !isTransformation(cell, after[i]!));
  if (wrong >= 0) {
    throw new RangeError(`${name}: cell ${before[wrong]} may not become ${after[wrong]}`);
  }
}

function summarise(
  { name, adjacency, readout = null, baseline }: BenchmarkMethod,
  seeds: readonly Figures[],
): MethodResult {
  const values = (figure: keyof Figures): number[] => seeds.map((figures) => figures[figure]);
  const gain = interval(values('gain'));
  const oracle = meanOf(values('oracleGain'));
  return {
    name,
    adjacency,
    readout,
    baseline,
    gain,
    oracle_share: oracle === 0 ? null : gain.mean / oracle,
    worse: meanOf(values('worse')),
    top1000: interval(values('topGain')),
    params: meanOf(values('params')),
    madds: meanOf(values('madds')),
    by_seed: { gain: values('gain'), worse: values('worse'), top1000: values('topGain') },
  };
}
