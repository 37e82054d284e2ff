// The runs of an experiment done by workers on other machines, as `nat experiment --queue` has it.
import { openQueue } from '../../runtime/host/node/bullmq.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import type { Experiment } from '../experiment/definition.ts';
import { coordinate } from '../queue/coordinate.ts';
import type { LongRun } from './long_run.ts';
import { openStore, queueAddress } from './queue_options.ts';

/** Has the runs done by workers, and brings what they found to the experiment's folder here. */
export async function byWorkers(
  platform: Platform,
  options: { queue: string | undefined; prefix: string; store: string | undefined },
  experiment: Experiment,
  dir: string,
  { progress, observer }: LongRun,
): Promise<void> {
  const { store } = openStore(platform, options.store);
  const queue = await openQueue(await queueAddress(platform, options), progress.note);
  progress.note(
    `runs by the workers of ${queue.place}, store ${store.name}; they go on without this command`,
  );
  try {
    await coordinate({
      experiment,
      queue,
      store,
      files: platform.files,
      dir,
      watch: (state) => observer.progress({ ...state, more: true }),
      note: progress.note,
      interrupted: observer.interrupted,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
  } finally {
    await queue.close();
  }
}
