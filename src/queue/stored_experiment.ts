// An experiment in a store: its definition, what is done of it, and the files that its jobs left.
//
//   NAME/experiment.json           what is to be done
//   NAME/files/searches/...        what is done, as it lies in the folder of an experiment on one machine
//   NAME/unfinished/searches/X.tar the run folder of a job at its last checkpoint
import { StoreError, UserError } from '../../runtime/errors.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { Store } from '../../runtime/host/store.ts';
import { DEFINITION, type Experiment, formatDefinition } from '../experiment/definition.ts';
import { layOut } from '../experiment/grid.ts';
import { type Job, jobsOf } from '../experiment/jobs.ts';
import { sha256 } from '../io/digest.ts';
import { parseJsonObject } from '../io/json.ts';

const RESULT = 'result.json';

/** Where the files of an experiment lie in a store. */
export const filesOf = (name: string): string => `${name}/files`;

/** Where a job's run folder lies while it is not finished. */
export const unfinishedOf = (name: string, { id }: Job): string => `${name}/unfinished/${id}.tar`;

/**
 * Puts an experiment into a store, unless it is there; resolves to the digest of its definition.
 * Throws UserError where the store has another of that name.
 */
export async function putExperiment(store: Store, name: string, experiment: Experiment): Promise<string> {
  const key = `${name}/${DEFINITION}`;
  const wanted = new TextEncoder().encode(formatDefinition(experiment));
  const digest = await sha256(wanted);
  const found = await store.read(key);
  if (found === null) await store.write(key, wanted);
  else if ((await sha256(found)) !== digest) {
    throw new UserError(
      `store ${store.name}: has another experiment called ${name}; give yours another name, or use another store`,
    );
  }
  return digest;
}

/**
 * The jobs of an experiment in a store, laid out in the folder `dir` of this machine.
 * Throws UserError where it is not the one of that digest.
 */
export async function fetchJobs(store: Store, name: string, digest: string, dir: string): Promise<Job[]> {
  const key = `${name}/${DEFINITION}`;
  const bytes = await store.read(key);
  if (bytes === null) throw lacks(store, key, 'is it the store of this queue, and is it there?');
  const found = await sha256(bytes);
  if (found !== digest) {
    throw new UserError(
      `store ${store.name}: ${key} is not that of the queue: got ${found}, expected ${digest}`,
    );
  }
  const definition = parseJsonObject(new TextDecoder().decode(bytes), key) as unknown as Experiment;
  return jobsOf(layOut({ ...definition, source: {} }, dir));
}

/** Where what lies at `path` within the folder `dir` of this machine lies in the store. */
export const keyOf = (name: string, dir: string, path: string): string =>
  `${filesOf(name)}/${path.slice(dir.length + 1)}`;

/** Whether a store has what a job leaves. */
export async function isStored(store: Store, name: string, dir: string, job: Job): Promise<boolean> {
  const paths = job.kind === 'transformations' ? job.writes : job.writes.map((run) => `${run}/${RESULT}`);
  for (const path of paths) if (!(await store.exists(keyOf(name, dir, path)))) return false;
  return true;
}

/** Brings files, or all of a run folder, from the store to where they lie in the folder `dir`; finished ones stay. */
export async function fetchFiles(
  store: Store,
  files: Files,
  name: string,
  dir: string,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const isFile = path.endsWith('.json');
    if (await files.exists(isFile ? path : `${path}/${RESULT}`)) continue;
    const key = keyOf(name, dir, path);
    const keys = isFile
      ? [key]
      : [...(await store.list(key)).filter((each) => !isResult(each)), `${key}/${RESULT}`];
    for (const each of keys) {
      const bytes = await store.read(each);
      if (bytes === null) throw lacks(store, each, 'a job before left it there');
      const to = `${dir}/${each.slice(filesOf(name).length + 1)}`;
      await files.makeDirectory(to.replace(/\/[^/]*$/, ''));
      await files.writeAtomic(to, bytes);
    }
  }
}

/** What makes a run finished, and is brought last. */
const isResult = (key: string): boolean => key.endsWith(`/${RESULT}`);

/** A folder that is not mounted looks like an empty one: what is not there now may be later. */
const lacks = (store: Store, key: string, hint: string): StoreError =>
  new StoreError(`store ${store.name}: has no ${key}; ${hint}`);

/** Throws StoreError where the experiment is not in the store, so that nothing is put where nobody looks. */
export async function requireExperiment(store: Store, name: string): Promise<void> {
  const key = `${name}/${DEFINITION}`;
  if (!(await store.exists(key))) throw lacks(store, key, 'is it there?');
}
