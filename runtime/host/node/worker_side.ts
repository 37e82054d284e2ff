// The other end of worker_pool.ts: a worker thread answers jobs one after the other.
import { parentPort } from 'node:worker_threads';

/** What a worker sends for a job. */
export interface WorkerAnswer {
  readonly value?: unknown;
  /** The message of the error that `work` rejected with. */
  readonly error?: string;
}

/**
 * Answers every job with what `work` resolves to; the buffers that `transfers` names move instead of being copied.
 */
export function answerJobs<Job, Value>(
  work: (job: Job) => Promise<Value>,
  transfers: (value: Value) => readonly ArrayBuffer[],
): void {
  parentPort!.on('message', (job: Job) => {
    work(job).then(
      (value) => parentPort!.postMessage({ value }, [...transfers(value)]),
      (error: unknown) => {
        const answer: WorkerAnswer = { error: error instanceof Error ? error.message : String(error) };
        parentPort!.postMessage(answer);
      },
    );
  });
}
