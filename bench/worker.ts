// The kernel benchmarks in a worker of the page, by what src/app/worker/benchmarks.ts asks. Benchmark.js makes functions of
// texts, so this worker, unlike the page, must not be served with a policy that forbids that.
import { UserError } from '../runtime/errors.ts';
import type { BenchmarkMessage } from '../src/app/worker/benchmarks.ts';
import { benchmarkKernels } from './page.ts';

interface Port {
  postMessage(message: BenchmarkMessage): void;
  onmessage: ((event: MessageEvent<{ filter: string; seconds: number; samples: number }>) => void) | null;
}

const port = globalThis as unknown as Port;

port.onmessage = async ({ data: { filter, seconds, samples } }) => {
  try {
    const result = await benchmarkKernels({
      ...{ filter, seconds, samples },
      note: (note) => port.postMessage({ note }),
      report: (stage, name, done, total) => port.postMessage({ done, total, label: `${stage}: ${name}` }),
    });
    port.postMessage({ result: { ...result } });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    port.postMessage({ problem: { message, user: error instanceof UserError } });
  }
};
