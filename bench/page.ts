// The kernel benchmarks in a page: the same workloads, measurements and result as in Node.
import './page_globals.ts';
import Benchmark from 'benchmark';
import { hostPlatform, openEngine } from '../runtime/host/browser/host_browser.ts';
import { type BenchResult, formatResult } from './report/result.ts';
import { formatResultTable } from './report/table.ts';
import { type BenchRequest, runBenchmarks } from './run_benchmarks.ts';

// the functions that Benchmark.js makes in a page look for it under its name
Object.assign(globalThis, { Benchmark });

export { formatResult, formatResultTable };

export interface PageRun {
  /** Parts of names, with commas between them; empty for all kernels. */
  readonly filter: string;
  /** Time for the samples of each benchmark. */
  readonly seconds: number;
  /** Least number of samples. */
  readonly samples: number;
  note(text: string): void;
  report: BenchRequest['report'];
}

/** Measures the kernels on the page's adapter. Rejects with UserError, or RunError where there is none. */
export async function benchmarkKernels(run: PageRun): Promise<BenchResult> {
  const { filter, seconds, samples, note, report } = run;
  const { runtime } = await hostPlatform();
  return runBenchmarks({
    open: () => openEngine(),
    what: 'kernels',
    filter: filter.trim() === '' ? undefined : filter,
    plan: { seconds, samples },
    runtime,
    date: new Date().toISOString(),
    note,
    report,
  });
}
