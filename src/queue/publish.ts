// What a job found, put into the store under its final names. A job can be done twice, by a worker that was taken for dead:
// who comes second finds the same bytes, or says what differs.
import { RunError } from '../../runtime/errors.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { Store } from '../../runtime/host/store.ts';
import type { Job } from '../experiment/jobs.ts';
import { sha256 } from '../io/digest.ts';
import { keyOf, requireExperiment, unfinishedOf } from './stored_experiment.ts';

const RESULT = 'result.json';

/** Files of a run folder that tell of times, machines and interruptions, and stay with the run alone. */
const OWN = /^(?:environment\.json|timing\.jsonl|engine\.json|checkpoint.*|lock\.json|.*\.tmp)$/;

interface Left {
  readonly path: string;
  /** Equal for all who do the job. */
  readonly equal: boolean;
}

/** What a job left, what makes it finished last. */
async function leftBy(files: Files, job: Job): Promise<Left[]> {
  if (job.kind === 'transformations') return job.writes.map((path) => ({ path, equal: true }));
  const [folder] = job.writes;
  const names = (await files.list(folder!)).filter((name) => !/^lock\.json$|\.tmp$/.test(name));
  const ordered = [...names.filter((name) => name !== RESULT), RESULT];
  return ordered.map((name) => ({ path: `${folder}/${name}`, equal: !OWN.test(name) }));
}

/**
 * Throws RunError where somebody else found something else, naming both.
 * @param adapter what it was done on, for that message
 */
export async function publish(
  store: Store,
  files: Files,
  name: string,
  dir: string,
  job: Job,
  adapter: string,
): Promise<void> {
  await requireExperiment(store, name);
  for (const { path, equal } of await leftBy(files, job)) {
    const key = keyOf(name, dir, path);
    const mine = await files.readBytes(path);
    const theirs = await store.read(key);
    if (theirs === null) await store.write(key, mine);
    else if (equal && (await sha256(theirs)) !== (await sha256(mine))) {
      throw new RunError(
        `${key}: got ${await sha256(mine)} here on ${adapter}, but another worker found ${await sha256(theirs)}; ` +
          'the adapters of one grid must be of one kind',
      );
    }
  }
  await store.remove(unfinishedOf(name, job));
}
