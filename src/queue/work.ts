// What a worker does with a job that the queue gave it: refuses what it must not do, has it done in a process of its own,
// and puts into the queue what waited for it.
import { RunError, UserError } from '../../runtime/errors.ts';
import type { JobEnd, JobQueue, TakenJob } from '../../runtime/host/queue.ts';
import type { Store } from '../../runtime/host/store.ts';
import { releaseAfter } from './release.ts';
import { readTicket, refusal, type Ticket } from './ticket.ts';

/** Seconds until a job that this worker refuses is offered again, to it or to another. */
const REFUSED = 30;
/** Seconds after a failure of the store. */
const STORE_AWAY = 5;

const ENDS: Readonly<Record<JobEnd['end'], string>> = {
  done: 'done',
  returned: 'back in the queue',
  failed: 'failed',
  hopeless: 'failed for good',
};

export interface WorkPlace {
  readonly queue: JobQueue;
  readonly store: Store;
  /** Does the job; rejects with RunError where its process died. */
  perform(ticket: Ticket, job: TakenJob): Promise<JobEnd>;
  note(line: string): void;
}

export async function workOn(job: TakenJob, { queue, store, perform, note }: WorkPlace): Promise<JobEnd> {
  let ticket: Ticket;
  try {
    ticket = readTicket(job.data);
  } catch (error) {
    if (error instanceof UserError) return { end: 'hopeless', why: error.message };
    throw error;
  }
  const refused = refusal(ticket);
  if (refused !== null) {
    note(`${ticket.job}: refused: ${refused}`);
    return { end: 'returned', why: refused, seconds: REFUSED };
  }
  note(`${ticket.job}: begun`);
  const ended = await ending(() => perform(ticket, job));
  if (ended.end === 'done') {
    // before the queue calls it done: a worker that dies here is followed by one that finds it done, and does this
    try {
      await releaseAfter(queue, store, ticket);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      return { end: 'returned', why: error.message, seconds: STORE_AWAY };
    }
  }
  note(`${ticket.job}: ${ENDS[ended.end]}${'why' in ended ? `: ${ended.why}` : ''}`);
  return ended;
}

async function ending(work: () => Promise<JobEnd>): Promise<JobEnd> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RunError) return { end: 'failed', why: error.message };
    throw error;
  }
}
