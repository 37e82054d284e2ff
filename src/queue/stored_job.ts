// A job of an experiment in a store, done on this machine: what it needs is brought here, what it leaves goes back. Its run
// folder goes to the store at every checkpoint, so that whoever takes the job over goes on from there.
import { UserError } from '../../runtime/errors.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { Store } from '../../runtime/host/store.ts';
import type { JobRequest } from '../experiment/job_request.ts';
import { createJobRunner } from '../experiment/run_job.ts';
import type { Job } from '../experiment/jobs.ts';
import { CHECKPOINT_FILES } from '../run/checkpoint_files.ts';
import { packFolder, unpackFolder } from './pack.ts';
import { publish } from './publish.ts';
import { fetchFiles, fetchJobs, isStored, unfinishedOf } from './stored_experiment.ts';
import type { Ticket } from './ticket.ts';

export interface StoredJobRequest extends JobRequest {
  readonly store: Store;
  readonly ticket: Pick<Ticket, 'experiment' | 'digest' | 'job'>;
  /** The folder on this machine; experiments have folders of their own in it. */
  readonly scratch: string;
  /** What the work is done on, for messages. */
  readonly adapter: string;
}

/** What a job needs is not there yet: it is to be done later. */
export class NotReady extends UserError {
  override name = 'NotReady';
}

/**
 * Does a job unless it is done. Throws Interrupted where the user stopped it, NotReady where a job before it is not
 * done, StoreError where the store fails, otherwise the job's own error.
 */
export async function runStoredJob(request: StoredJobRequest): Promise<void> {
  const { store, ticket, scratch, sources, adapter } = request;
  const { experiment: name, digest } = ticket;
  const { files } = sources;
  const dir = `${scratch}/${name}.${digest.slice(0, 12)}`;
  const jobs = await fetchJobs(store, name, digest, dir);
  const job = jobs.find(({ id }) => id === ticket.job);
  if (!job) throw new UserError(`experiment ${name}: has no job ${ticket.job}`);
  if (await isStored(store, name, dir, job)) return;
  for (const need of jobs.filter(({ id }) => job.needs.includes(id))) {
    if (!(await isStored(store, name, dir, need))) throw new NotReady(`${need.id} is not done yet`);
  }
  await fetchFiles(store, files, name, dir, job.reads);
  await files.makeDirectory(`${dir}/derivations`);
  const runFiles = job.kind === 'transformations' ? files : await restored(store, files, name, job);
  const runner = createJobRunner({ ...request, sources: { ...sources, files: runFiles } });
  if (!(await runner.isDone(job))) await runner.run(job);
  await publish(store, files, name, dir, job, adapter);
  // what other jobs need of it comes from the store again, whole
  for (const path of job.writes) await files.remove(path);
}

/** Puts the run folder of a job in the state of its last checkpoint; files that put those to come into the store. */
async function restored(store: Store, files: Files, name: string, job: Job): Promise<Files> {
  const folder = job.writes[0]!;
  const key = unfinishedOf(name, job);
  const packed = await store.read(key);
  if (packed !== null) {
    await files.remove(folder);
    await unpackFolder(files, folder, packed, `store ${store.name}: ${key}`);
  }
  const [last, previous] = CHECKPOINT_FILES;
  const wanted = (entry: string): boolean => !/^lock\.json|\.tmp$/.test(entry) && entry !== previous;
  return {
    ...files,
    async writeAtomic(path, data) {
      await files.writeAtomic(path, data);
      if (path === `${folder}/${last}`) await store.write(key, await packFolder(files, folder, wanted));
    },
  };
}
