// The estimates of gpu-static as benchmark results, which bench:compare reads: sums of a step, and of each of its kernels.
import { dependencies, version } from 'virtual:package';
import { summarize } from '../measure/statistics.ts';
import { type BenchResult, FORMAT, type Row } from '../report/result.ts';
import { type StaticRow, type StaticSums, sumsByKernel, sumsOf } from './rows.ts';

/** The GPU whose compiler judges, as the tool names it. */
export const FAMILY = 'navi31';

/** A step of a workload and what the tool said of it. */
export interface JudgedStep {
  readonly name: string;
  readonly shape: string;
  readonly rows: readonly StaticRow[];
  readonly iterations: number;
}

/** An estimate in the place of a measurement: it has no spread, no clock of the GPU's and no limits beside it. */
function estimateRow(name: string, shape: string, ms: number, { dispatches }: StaticSums): Row {
  return {
    ...{ name, shape, dispatches, group: 'static', images: null, clock: 'wall' },
    ...{ gflops: null, gbps: null, limit: null, rates: null, share: null, matmulShare: null },
    ...{ imagesPerSecond: null, madds: 0, bytes: null, coldMs: 0, iterations: 1 },
    ...{ wall: summarize([ms]), gpu: null, gpuShare: null },
  };
}

function rowsOf({ name, shape, rows, iterations }: JudgedStep): Row[] {
  const sums = sumsOf(rows, iterations);
  return [
    estimateRow(`${name}: between dispatches`, shape, sums.launchesMs, sums),
    estimateRow(`${name}: never idle`, shape, sums.busyMs, sums),
    estimateRow(`${name}: with latency`, shape, sums.ms, sums),
    ...sumsByKernel(rows, iterations).map(([kernel, of]) =>
      estimateRow(`${name}: ${kernel}`, shape, of.ms, of),
    ),
  ];
}

export function staticResult(
  steps: readonly JudgedStep[],
  { runtime, date, toggles }: { readonly runtime: string; readonly date: string; readonly toggles: string },
): BenchResult {
  const description = `estimates for a large GPU from machine code for ${FAMILY}${toggles}`;
  return {
    ...{ format: FORMAT, date, runtime },
    adapter: { kind: 'gpu', name: `static ${FAMILY}`, vendor: 'amd', architecture: FAMILY, description },
    versions: { 'nat-webgpu': version, ...dependencies },
    plan: { seconds: 0, samples: 1 },
    limits: null,
    benchmarks: steps.flatMap(rowsOf),
  };
}
