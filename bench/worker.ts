// The kernel benchmarks in a worker of the page (src/app/worker/benchmarks.ts asks it): the same workloads, measurements and
// result as in Node. Benchmark.js makes functions of texts, so this worker, unlike the page, must not be served with a policy
// that forbids that.
import './page_globals.ts';
import Benchmark from 'benchmark';
import { UserError } from '../runtime/errors.ts';
import { hostPlatform, openEngine } from '../runtime/host/browser/host_browser.ts';
import type { Calls } from '../src/app/protocol.ts';
import type { BenchmarkMessage } from '../src/app/worker/benchmarks.ts';
import type { BenchResult } from './report/result.ts';
import { runBenchmarks } from './run_benchmarks.ts';

// the functions that Benchmark.js makes look for it under its name
Object.assign(globalThis, { Benchmark });

type Asked = Calls['benchmark']['ask'];

interface Port {
  postMessage(message: BenchmarkMessage): void;
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
}

const port = globalThis as unknown as Port;

port.onmessage = async ({ data }) => {
  try {
    port.postMessage({ result: { ...(await benchmarkKernels(data)) } });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ problem: { message, user: error instanceof UserError } });
  }
};

/** Measures the kernels on the browser's adapter. Rejects with UserError, or RunError where there is none. */
async function benchmarkKernels({ filter, seconds, samples }: Asked): Promise<BenchResult> {
  const { runtime } = await hostPlatform();
  return runBenchmarks({
    open: () => openEngine(),
    what: 'kernels',
    filter: filter.trim() === '' ? undefined : filter,
    plan: { seconds, samples },
    runtime,
    date: new Date().toISOString(),
    note: (note) => port.postMessage({ note }),
    report: (stage, name, done, total) => port.postMessage({ done, total, label: `${stage}: ${name}` }),
  });
}
