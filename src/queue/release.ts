// Which jobs may be put into the queue: those whose needs are met. Putting one in twice does nothing.
import type { JobQueue } from '../../runtime/host/queue.ts';
import type { Store } from '../../runtime/host/store.ts';
import type { Job } from '../experiment/jobs.ts';
import { fetchJobs, isStored } from './stored_experiment.ts';
import { type Ticket, ticketOf } from './ticket.ts';

/** The folder that jobs are laid out in where none of their files is touched. */
const NOWHERE = 'nowhere';

/** After a job: those that waited for it, and for nothing else that is not done. */
export async function releaseAfter(queue: JobQueue, store: Store, ticket: Ticket): Promise<void> {
  const { experiment, digest } = ticket;
  const jobs = await fetchJobs(store, experiment, digest, NOWHERE);
  const ready: Job[] = [];
  for (const job of jobs.filter(({ needs }) => needs.includes(ticket.job))) {
    const others = jobs.filter(({ id }) => id !== ticket.job && job.needs.includes(id));
    if (await allStored(store, experiment, others)) ready.push(job);
  }
  await queue.add(ready.map(({ id }) => ticketOf({ experiment, digest, job: id })));
}

async function allStored(store: Store, name: string, jobs: readonly Job[]): Promise<boolean> {
  for (const job of jobs) if (!(await isStored(store, name, NOWHERE, job))) return false;
  return true;
}

/**
 * Puts into the queue all that can be done now, and takes out what it calls done while the store lacks it.
 * Resolves to the ids of the jobs that are done.
 * @param known those that were before
 */
export async function releaseReady(
  queue: JobQueue,
  store: Store,
  name: string,
  digest: string,
  known: ReadonlySet<string> = new Set(),
): Promise<ReadonlySet<string>> {
  const jobs = await fetchJobs(store, name, digest, NOWHERE);
  const done = new Set(known);
  for (const job of jobs) {
    if (!done.has(job.id) && (await isStored(store, name, NOWHERE, job))) done.add(job.id);
  }
  const ready = jobs
    .filter(({ id, needs }) => !done.has(id) && needs.every((need) => done.has(need)))
    .map(({ id }) => ticketOf({ experiment: name, digest, job: id }));
  const wanted = new Set(ready.map(({ id }) => id));
  for (const { id, state } of await queue.jobs()) {
    if (state === 'done' && wanted.has(id)) await queue.remove(id);
  }
  await queue.add(ready);
  return done;
}
