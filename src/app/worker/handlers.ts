// All calls, by the part of the worker that answers them.
import { RunError } from '../../../runtime/errors.ts';
import type { CallName } from '../protocol.ts';
import type { App } from './app.ts';
import { datasetHandlers } from './datasets.ts';
import { environmentHandlers } from './environment.ts';
import { FinishedRuns } from './finished.ts';
import { RunQueue } from './run_queue.ts';
import { runHandlers } from './runs.ts';
import type { Handlers } from './serve.ts';
import { transformationHandlers } from './transformations.ts';

/** What answers the page's calls. Runs that a closed tab left unfinished go on. */
export function handlersOf(app: App): Handlers {
  const finished = new FinishedRuns(app);
  const release = (): Promise<void> => finished.release();
  const queue = new RunQueue(app, release);
  queue.wake();
  const made: Partial<Handlers> = {
    ...environmentHandlers(app),
    ...datasetHandlers(app),
    ...runHandlers(app, queue, release),
    ...transformationHandlers(app, queue, finished),
  };
  const missing = (name: CallName) => async () => {
    throw new RunError(`${name}: not there yet`);
  };
  const names: CallName[] = [
    ...(['estimate', 'confusion', 'classify'] as const),
    ...(['learnTable', 'groundTruth', 'benchmark', 'stopBenchmark'] as const),
  ];
  return { ...Object.fromEntries(names.map((name) => [name, missing(name)])), ...made } as Handlers;
}
