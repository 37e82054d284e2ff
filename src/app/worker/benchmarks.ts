// Kernel benchmarks, in a worker of their own (bench/worker.ts): what they measure is not to wait for this one's calls, and
// ending the worker is how they are stopped.
import { RunError, UserError } from '../../../runtime/errors.ts';
import type { BenchmarkResult, Calls } from '../protocol.ts';
import type { App } from './app.ts';
import type { FinishedRuns } from './finished.ts';
import type { Handlers } from './serve.ts';

/** What the benchmarks' worker says; the first message to it is what is asked. */
export type BenchmarkMessage =
  | { readonly done: number; readonly total: number; readonly label: string }
  | { readonly note: string }
  | { readonly result: BenchmarkResult }
  | { readonly problem: { readonly message: string; readonly user: boolean } };

export function benchmarkHandlers(
  { host, announce }: App,
  finished: FinishedRuns,
): Handlers<'benchmark' | 'stopBenchmark'> {
  let stop: (() => void) | null = null;

  const measure = (ask: Calls['benchmark']['ask']): Promise<BenchmarkResult> =>
    new Promise((resolve, reject) => {
      const worker = host.openWorker('bench_worker.js');
      const end = (settle: () => void): void => {
        worker.terminate();
        stop = null;
        settle();
      };
      stop = () => end(() => reject(new UserError('the benchmark was stopped')));
      worker.onmessage = ({ data }: MessageEvent<BenchmarkMessage>) => {
        if ('result' in data) end(() => resolve(data.result));
        else if ('note' in data) announce({ event: 'note', run: null, text: data.note });
        else if ('problem' in data) {
          const { message, user } = data.problem;
          end(() => reject(user ? new UserError(message) : new RunError(message)));
        } else announce({ event: 'benchmark', ...data });
      };
      worker.onerror = (event) => {
        event.preventDefault();
        const why = event.message || 'it could not be loaded';
        end(() => reject(new RunError(`the benchmarks' worker failed: ${why}`)));
      };
      worker.postMessage(ask);
    });

  return {
    async benchmark(ask) {
      if (stop) throw new UserError('a benchmark is running already; stop it first');
      await finished.release();
      return measure(ask);
    },
    async stopBenchmark() {
      stop?.();
      return null;
    },
  };
}
