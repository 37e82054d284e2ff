// Worker threads that take jobs from one queue: what is slow and needs no GPU runs beside the main thread.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { RunError } from '../../errors.ts';
import type { WorkerAnswer } from './worker_side.ts';

export interface WorkerPool<Job, Value> {
  /** Rejects with RunError where the worker failed. Jobs begin in the order of the calls. */
  run(job: Job): Promise<Value>;
  /** Ends the workers; jobs that are not done reject. */
  close(): Promise<void>;
}

interface Pending<Job, Value> {
  readonly job: Job;
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** One fewer than there are processors: the main thread has its own work. */
export const defaultWorkers = (): number => Math.max(1, availableParallelism() - 1);

/**
 * Starts `count` threads.
 * @param script the worker's bundle; beside this one unless given
 */
export function openWorkerPool<Job, Value>(
  name: string,
  count: number,
  script = new URL(name, import.meta.url),
): WorkerPool<Job, Value> {
  const waiting: Pending<Job, Value>[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Pending<Job, Value>>();
  let failure: Error | null = null;

  const give = (): void => {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop()!;
      const pending = waiting.shift()!;
      busy.set(worker, pending);
      worker.ref();
      worker.postMessage(pending.job);
    }
  };
  /** A thread without a job does not keep the program alive. */
  const rest = (worker: Worker): void => {
    // one that is being ended does, until it has
    if (failure) return;
    worker.unref();
    idle.push(worker);
  };
  const fail = (error: Error): void => {
    failure ??= error;
    for (const pending of [...busy.values(), ...waiting]) pending.reject(failure);
    busy.clear();
    waiting.length = 0;
  };

  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(script);
    worker.on('message', ({ value, error }: WorkerAnswer) => {
      const pending = busy.get(worker);
      busy.delete(worker);
      if (error === undefined) pending?.resolve(value as Value);
      else pending?.reject(new RunError(`worker ${name}: ${error}`));
      rest(worker);
      give();
    });
    worker.on('error', (error) => fail(new RunError(`worker ${name}: ${error.message}`)));
    worker.on('exit', (code) => fail(new RunError(`worker ${name} ended with code ${code}`)));
    rest(worker);
    return worker;
  });

  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure) return reject(failure);
        waiting.push({ job, resolve, reject });
        give();
      }),
    async close() {
      fail(new RunError(`worker ${name}: closed`));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
