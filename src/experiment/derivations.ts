// The transformations of an experiment: all that one search judges, by methods and architectures.
import { derive } from '../derive/derive.ts';
import { remembering, withoutPolicy } from '../derive/evaluator.ts';
import { openFinishedRun } from '../derive/finished_run.ts';
import { derivationToJson } from '../derive/report.ts';
import type { Dataset } from '../data/dataset.ts';
import { formatSealedJson } from '../io/sealed_json.ts';
import { progressOrStop } from '../run/observer.ts';
import { readFinishedRun } from '../run/run_folder.ts';
import { withEngine } from '../run/with_engine.ts';
import type { Outcome, SearchJob } from './grid.ts';
import type { JobRequest } from './job_request.ts';

/** Members of a group of architectures draw from seeds so far apart, so that they do not share their draws. */
const SEEDS_APART = 2 ** 20;

/** One that is interrupted begins anew: it is short, and its file is whole or not there. */
export const runDerivations = (
  { sources: { files }, openEngine, observer }: JobRequest,
  { dir, config }: SearchJob,
  outcomes: readonly Outcome[],
  images: Dataset,
): Promise<void> =>
  withEngine(
    openEngine,
    async (engine) => {
      const run = await readFinishedRun(files, dir);
      for (const group of byImages(outcomes)) {
        const { derive: counts } = group[0]!.method.learner!;
        const opened = await openFinishedRun(engine, config, run, images, dir, counts);
        const learned = remembering(opened);
        const random = withoutPolicy(learned);
        for (const { subject, method, seed, derivation } of group) {
          const { policy, derive: settings } = method.learner!;
          const options = { ...settings, seed: seed + SEEDS_APART * subject.member };
          const label = `${subject.name}, ${method.name}`;
          const evaluator = policy === 'random' ? random : learned;
          const derived = await derive(evaluator, subject.blueprint.genotype, options, (done, total) =>
            progressOrStop(observer, { label, done, total }),
          );
          const record = { adapter: engine.info.name, ...derivationToJson(derived) };
          await files.writeAtomic(derivation!, await formatSealedJson(record, derivation!));
        }
      }
    },
    observer.note,
  );

/** Those that are judged by the same images, together. */
function byImages(outcomes: readonly Outcome[]): Outcome[][] {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const { selectImages, testImages } = outcome.method.learner!.derive;
    const key = `${selectImages} ${testImages}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return [...groups.values()];
}
