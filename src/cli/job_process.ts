// What a worker runs for each job: a process of its own that does it and says how it ended.
import { LimitError, StoreError, UserError } from '../../runtime/errors.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { answerParent } from '../../runtime/host/node/child_process.ts';
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { nodePlatform } from '../../runtime/host/node/platform_node.ts';
import type { JobEnd } from '../../runtime/host/queue.ts';
import { runStoredJob, NotReady } from '../queue/stored_job.ts';
import type { Ticket } from '../queue/ticket.ts';
import { environmentOf } from '../run/environment.ts';
import { Interrupted } from '../run/observer.ts';
import { openOptions } from './command.ts';
import { imageSources } from './image_sources.ts';
import { openStore } from './queue_options.ts';

export interface JobOrder {
  readonly ticket: Ticket;
  readonly store: string;
  readonly scratch: string;
  readonly adapter: string;
  readonly fastUnchecked: boolean;
  readonly workers: number | undefined;
}

export type JobWord = { readonly progress: string } | { readonly note: string };

/** Least time between two words of progress, in milliseconds. */
const INTERVAL = 1000;
/** Seconds after which a job that this machine cannot do is offered again. */
const UNFIT = 20;
/** Seconds after which a job is offered again that lacks what comes before it, or whose store fails. */
const SOON = 5;

/**
 * How a job ended that threw.
 * @param scratch where its files lie here, which says nothing to anybody else
 */
function endOf(error: unknown, scratch: string): JobEnd {
  const message = error instanceof Error ? error.message : String(error);
  const why = message.replaceAll(`${scratch}/`, '');
  const within = error instanceof Error ? error.cause : undefined;
  if (error instanceof Interrupted) return { end: 'returned', why: 'given back by its worker', seconds: 0 };
  if (error instanceof NotReady) return { end: 'returned', why, seconds: SOON };
  if (within instanceof LimitError) {
    return { end: 'returned', why: `does not fit the worker's adapter: ${why}`, seconds: UNFIT };
  }
  // a store can be full or away for as long as it likes
  if (error instanceof StoreError) return { end: 'returned', why, seconds: SOON };
  return { end: error instanceof UserError ? 'hopeless' : 'failed', why };
}

answerParent<JobOrder, JobWord, JobEnd>(async (order, say, stopped) => {
  const { ticket, scratch, adapter, fastUnchecked, workers } = order;
  const platform = nodePlatform();
  let saidAt = -Infinity;
  const observer = {
    progress({ label, done, total }: { label: string; done: number; total: number }): void {
      const now = platform.now();
      if (now - saidAt < INTERVAL) return;
      saidAt = now;
      say({ progress: `${label} ${done}/${total}` });
    },
    note: (line: string): void => say({ note: line }),
    now: platform.now,
    interrupted: stopped,
  };
  try {
    await runStoredJob({
      ticket,
      scratch,
      adapter,
      store: openStore(platform, order.store).store,
      sources: imageSources(platform, workers, { progress: { note: observer.note }, observer }),
      openEngine: () => openEngine(nodeGpu(), openOptions(platform, { adapter, fastUnchecked })),
      environment: ({ info }) => environmentOf(platform.runtime, info),
      observer,
    });
    return { end: 'done' };
  } catch (error) {
    return endOf(error, scratch);
  }
});
