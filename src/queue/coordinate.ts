// An experiment whose runs are done by workers: hands them in, watches, brings what they found to the experiment's folder on
// this machine, and makes the table as if they had been done here. It can be left and called again at any time.
import { RunError, StoreError } from '../../runtime/errors.ts';
import type { JobQueue, QueuedJob } from '../../runtime/host/queue.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { Store } from '../../runtime/host/store.ts';
import { type Experiment, slug } from '../experiment/definition.ts';
import { layOut } from '../experiment/grid.ts';
import { jobsOf } from '../experiment/jobs.ts';
import { claimFolder } from '../experiment/run.ts';
import { Interrupted } from '../run/observer.ts';
import { fetchFiles, putExperiment } from './stored_experiment.ts';
import { releaseReady } from './release.ts';
import { ticketId } from './ticket.ts';

export interface Watched {
  readonly done: number;
  readonly total: number;
  /** One line: what is under way, what waits for what. */
  readonly label: string;
}

export interface CoordinateRequest {
  readonly experiment: Experiment;
  readonly queue: JobQueue;
  readonly store: Store;
  readonly files: Files;
  /** The experiment's folder on this machine. */
  readonly dir: string;
  watch(state: Watched): void;
  note(line: string): void;
  interrupted(): boolean;
  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
}

/** How often the queue is looked at, and the store, in milliseconds. */
const LOOK = { queue: 500, store: 10_000 };

/**
 * Resolves once all runs are done and their files are in `dir`. Throws Interrupted where the user left, RunError where
 * runs have failed and nothing else is left to do.
 */
export async function coordinate(request: CoordinateRequest): Promise<void> {
  const { experiment, queue, store, files, dir, note } = request;
  await claimFolder(files, dir, experiment);
  const name = slug(experiment.name);
  const digest = await patiently(request, () => putExperiment(store, name, experiment));
  const ids = new Map(
    jobsOf(layOut(experiment, dir)).map((job) => [ticketId({ experiment: name, digest, job: job.id }), job]),
  );
  let done = await patiently(request, () => releaseReady(queue, store, name, digest));
  const said = new Set<string>();
  let looked = 0;
  while (done.size < ids.size) {
    if (request.interrupted()) throw new Interrupted();
    await request.sleep(LOOK.queue);
    looked += LOOK.queue;
    const own = (await queue.jobs()).filter(({ id }) => ids.has(id));
    for (const job of own) {
      const line = job.state === 'delayed' || job.state === 'failed' ? complaint(job) : null;
      if (line !== null && !said.has(line)) note(line);
      if (line !== null) said.add(line);
    }
    const finished = own.filter(({ state }) => state === 'done').length;
    if (looked >= LOOK.store || finished > done.size) {
      const known = done;
      done = await patiently(request, () => releaseReady(queue, store, name, digest, known));
      looked = 0;
    }
    request.watch({ done: done.size, total: ids.size, label: labelOf(own) });
    refuseDeadEnd(own, done.size < ids.size);
  }
  request.watch({ done: ids.size, total: ids.size, label: 'runs of the grid' });
  for (const job of ids.values()) {
    await patiently(request, () => fetchFiles(store, files, name, dir, job.writes));
  }
}

/** Does what needs the store, again and again while the store fails. */
async function patiently<T>(
  { note, interrupted, sleep }: CoordinateRequest,
  work: () => Promise<T>,
): Promise<T> {
  for (let said = false; ; said = true) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (!said) note(`${error.message}; waiting for it`);
    }
    if (interrupted()) throw new Interrupted();
    await sleep(LOOK.queue);
  }
}

const complaint = ({ data, state, failure, progress }: QueuedJob): string | null => {
  const why = state === 'failed' ? failure : progress;
  return why === null ? null : `${data['job']}: ${state === 'failed' ? 'failed' : 'waits'}: ${why}`;
};

/** The runs under way, the first with how far it is. */
function labelOf(jobs: readonly QueuedJob[]): string {
  const active = jobs.filter(({ state }) => state === 'active');
  const [first] = active;
  if (!first) return 'runs of the grid, none under way';
  const how = first.progress === null ? '' : ` ${first.progress}`;
  return `${active.length} under way: ${first.data['job']}${how}`;
}

/** Throws where runs have failed, and no other is under way or waits. */
function refuseDeadEnd(jobs: readonly QueuedJob[], unfinished: boolean): void {
  const failed = jobs.filter(({ state }) => state === 'failed');
  const alive = jobs.some(({ state }) => state === 'active' || state === 'waiting' || state === 'delayed');
  if (!unfinished || failed.length === 0 || alive) return;
  const list = failed.map(({ data, failure }) => `${data['job']} (${failure})`).join('; ');
  throw new RunError(
    `${failed.length === 1 ? 'a run' : `${failed.length} runs`} failed: ${list}; mend what is wrong, then nat queue retry, and this command again`,
  );
}
