// All calls, by the part of the worker that answers them.
import type { App } from './app.ts';
import { benchmarkHandlers } from './benchmarks.ts';
import { datasetHandlers } from './datasets.ts';
import { environmentHandlers } from './environment.ts';
import { estimateHandlers } from './estimates.ts';
import { FinishedRuns } from './finished.ts';
import { groundTruthHandlers } from './ground_truth.ts';
import { RunQueue } from './run_queue.ts';
import { runHandlers } from './runs.ts';
import type { Handlers } from './serve.ts';
import { trainedHandlers } from './trained.ts';
import { transformationHandlers } from './transformations.ts';

/** What answers the page's calls. Runs that a closed tab left unfinished go on. */
export function handlersOf(app: App): Handlers {
  const finished = new FinishedRuns(app);
  const release = (): Promise<void> => finished.release();
  const queue = new RunQueue(app, release);
  queue.wake();
  return {
    ...environmentHandlers(app),
    ...datasetHandlers(app),
    ...estimateHandlers(app, finished),
    ...runHandlers(app, queue, release),
    ...transformationHandlers(app, queue, finished),
    ...trainedHandlers(app, queue, finished),
    ...groundTruthHandlers(app, finished),
    ...benchmarkHandlers(app, finished),
  };
}
