// One job of an experiment: whether it is done, and doing it. What was interrupted goes on.
import { UserError } from '../../runtime/errors.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadImages } from '../data/load.ts';
import { Interrupted, type RunObserver } from '../run/observer.ts';
import { withEngine } from '../run/with_engine.ts';
import { searchIntoFolder } from '../search/run.ts';
import { withTrainingImages } from '../train/load.ts';
import { trainIntoFolder } from '../train/run.ts';
import { runDerivations } from './derivations.ts';
import type { Outcome, SearchJob } from './grid.ts';
import type { JobRequest } from './job_request.ts';
import type { Job } from './jobs.ts';
import { outcomeBlueprint, readDerivation } from './outcome.ts';

export interface JobRunner {
  isDone(job: Job): Promise<boolean>;
  /** Throws Interrupted where the user stopped it. */
  run(job: Job): Promise<void>;
}

/** Does jobs one after the other; images that several of them use are read once. */
export function createJobRunner(request: JobRequest): JobRunner {
  const { sources, observer } = request;
  const { files } = sources;
  const loaded = new Map<string, Promise<Dataset>>();
  const imagesOf = ({ config: { data, imageSize } }: SearchJob): Promise<Dataset> => {
    const key = `${imageSize} ${data}`;
    const images = loaded.get(key) ?? loadImages(sources, data, { imageSize });
    loaded.set(key, images);
    return images;
  };
  const missing = async (outcomes: readonly Outcome[], note?: RunObserver['note']): Promise<Outcome[]> => {
    const lacking: Outcome[] = [];
    for (const outcome of outcomes) {
      if (!(await isWhole(files, outcome.derivation!, note))) lacking.push(outcome);
    }
    return lacking;
  };
  const work = async (job: Job): Promise<void> => {
    if (job.kind === 'training') return runTraining(request, job.outcome);
    const images = await imagesOf(job.search);
    if (job.kind === 'search') return runSearch(request, job.search, images);
    return runDerivations(request, job.search, await missing(job.outcomes, observer.note), images);
  };
  return {
    async isDone(job) {
      if (job.kind === 'transformations') return (await missing(job.outcomes)).length === 0;
      return files.exists(`${job.writes[0]!}/result.json`);
    },
    run: work,
  };
}

/** Whether a transformation is there; one that is damaged is made again. */
async function isWhole(files: Files, path: string, note: RunObserver['note']): Promise<boolean> {
  if (!(await files.exists(path))) return false;
  try {
    await readDerivation(files, path);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note?.(`${error.message}; it is made again`);
    return false;
  }
}

const runSearch = (
  { sources, openEngine, environment, observer }: JobRequest,
  { dir, config }: SearchJob,
  data: Dataset,
): Promise<void> =>
  withEngine(
    openEngine,
    async (engine) => {
      const result = await searchIntoFolder(engine, {
        config,
        data,
        files: sources.files,
        dir,
        resume: true,
        environment: environment(engine),
        observer,
      });
      if (!result) throw new Interrupted();
    },
    observer.note,
  );

async function runTraining(request: JobRequest, outcome: Outcome): Promise<void> {
  const { observer, sources, openEngine, environment } = request;
  const { files } = sources;
  const { method, seed, training: dir } = outcome;
  const blueprint = await outcomeBlueprint(files, outcome);
  const config = { arch: blueprint.name, ...method.train!, seed };
  await withTrainingImages(sources, config, (data) =>
    withEngine(
      openEngine,
      async (engine) => {
        const result = await trainIntoFolder(engine, {
          config,
          blueprint,
          data,
          files,
          dir: dir!,
          resume: true,
          environment: environment(engine),
          observer,
        });
        if (!result) throw new Interrupted();
      },
      observer.note,
    ),
  );
}
