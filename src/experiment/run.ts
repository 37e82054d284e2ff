// Runs an experiment: searches, transformations, trainings, and at last the table. What is finished is not repeated,
// what was interrupted goes on, and the table is made of what the runs left in their folders alone: so it has the
// same bytes however often the experiment was interrupted.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { Dataset } from '../data/dataset.ts';
import { loadImages } from '../data/load.ts';
import { RunError, UserError } from '../../runtime/errors.ts';
import { explainFileError } from '../io/file_errors.ts';
import { formatJson, jsonDifferences, parseJsonObject } from '../io/json.ts';
import { removeLeftovers } from '../io/leftovers.ts';
import { Interrupted, nullIfInterrupted, type RunObserver } from '../run/observer.ts';
import { withEngine } from '../run/with_engine.ts';
import { searchIntoFolder } from '../search/run.ts';
import { type ImageSources, withTrainingImages } from '../train/load.ts';
import { trainIntoFolder } from '../train/run.ts';
import type { Experiment } from './definition.ts';
import { runDerivations } from './derivations.ts';
import { type Grid, layOut, type Outcome, type SearchJob } from './grid.ts';
import { outcomeBlueprint, readDerivation } from './outcome.ts';
import { formatTable } from './markdown.ts';
import { type ExperimentTable, readTable } from './table.ts';

const DEFINITION = 'experiment.json';
const TABLE = { json: 'table.json', markdown: 'table.md' };

export interface ExperimentObserver extends Pick<RunObserver, 'progress' | 'now' | 'interrupted' | 'note'> {
  /**
   * Before a run that is not finished yet; `done` of `total` runs are.
   * @param alike how many of those that come after it are of its kind
   */
  begins(what: string, done: number, total: number, alike: number): void;
}

export interface ExperimentRequest {
  readonly experiment: Experiment;
  /** The folder for everything. */
  readonly dir: string;
  readonly sources: ImageSources;
  /** A device for one run. */
  openEngine(): Promise<Device>;
  /** For the environment.json of the runs. */
  environment(engine: Device): object;
  readonly observer: ExperimentObserver;
}

/** The table, also written to `dir`; null where the user interrupted the experiment: the same call goes on. */
export async function runExperiment(request: ExperimentRequest): Promise<ExperimentTable | null> {
  const { experiment, dir, sources } = request;
  const { files } = sources;
  try {
    return await alone(files, dir, async () => {
      await claimFolder(files, dir, experiment);
      const grid = layOut(experiment, dir);
      await runGrid(request, grid);
      const table = await readTable(files, experiment, grid);
      await files.writeAtomic(`${dir}/${TABLE.json}`, formatJson(table, TABLE.json));
      await files.writeAtomic(`${dir}/${TABLE.markdown}`, formatTable(table));
      return table;
    });
  } catch (error) {
    return nullIfInterrupted(explainFileError(error, dir, 'free some and run the same command again'));
  }
}

/** Does the work with others kept out of the folder. Throws UserError where somebody is in it. */
async function alone<T>(files: Files, dir: string, work: () => Promise<T>): Promise<T> {
  await files.makeDirectory(dir);
  const lock = await files.lock(dir);
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** Makes the folder, or finds the same experiment in it. Throws UserError where it holds something else. */
async function claimFolder(files: Files, dir: string, experiment: Experiment): Promise<void> {
  const path = `${dir}/${DEFINITION}`;
  const { source: _, ...definition } = experiment;
  const text = formatJson(definition, DEFINITION);
  if (await files.exists(path)) {
    const recorded = parseJsonObject(await files.readText(path), path);
    const differences = jsonDifferences(recorded, parseJsonObject(text, path));
    if (differences.length > 0) {
      const names = differences.map(({ key }) => (key === 'subjects' ? 'architectures and settings' : key));
      throw new UserError(
        `${dir}: holds another experiment: its ${names.join(', ')} differ; choose another folder with --out`,
      );
    }
  } else {
    if (await files.exists(`${dir}/config.json`)) {
      throw new UserError(`${dir}: is a run folder; choose another folder with --out`);
    }
    await files.makeDirectory(`${dir}/derivations`);
    await files.writeAtomic(path, text);
  }
  await removeLeftovers(files, dir, [DEFINITION, TABLE.json, TABLE.markdown]);
  for (const entry of await files.list(`${dir}/derivations`)) {
    if (entry.endsWith('.tmp')) await files.remove(`${dir}/derivations/${entry}`);
  }
}

async function runGrid(request: ExperimentRequest, { searches, outcomes }: Grid): Promise<void> {
  const { sources, observer } = request;
  const { files } = sources;
  const finished = (dir: string): Promise<boolean> => files.exists(`${dir}/result.json`);
  const trainings = outcomes.filter(({ training }) => training !== null);
  const total = searches.length + trainings.length;
  let done = 0;
  const loaded = new Map<string, Promise<Dataset>>();
  const imagesOf = ({ config: { data, imageSize } }: SearchJob): Promise<Dataset> => {
    const key = `${imageSize} ${data}`;
    const images = loaded.get(key) ?? loadImages(sources, data, { imageSize });
    loaded.set(key, images);
    return images;
  };
  const step = async (
    what: string,
    kind: 'search' | 'training',
    work: () => Promise<void>,
  ): Promise<void> => {
    if (observer.interrupted()) throw new Interrupted();
    observer.begins(what, done, total, (kind === 'search' ? searches.length : total) - done - 1);
    try {
      await work();
    } catch (error) {
      if (error instanceof RunError) throw new RunError(`${what}: ${error.message}`);
      throw error instanceof UserError ? new UserError(`${what}: ${error.message}`) : error;
    }
  };

  for (const search of searches) {
    const missing: Outcome[] = [];
    for (const outcome of outcomes.filter((candidate) => candidate.search === search)) {
      if (!(await isWhole(files, outcome.derivation!, observer))) missing.push(outcome);
    }
    if (!(await finished(search.dir))) {
      await step(search.dir, 'search', async () => runSearch(request, search, await imagesOf(search)));
    }
    if (missing.length > 0) {
      await step(`transformations by ${search.dir}`, 'search', async () =>
        runDerivations(request, search, missing, await imagesOf(search)),
      );
    }
    done++;
  }
  for (const outcome of trainings) {
    if (!(await finished(outcome.training!))) {
      await step(outcome.training!, 'training', () => runTraining(request, outcome));
    }
    done++;
  }
}

/** Whether a transformation is there; one that is damaged is made again. */
async function isWhole(files: Files, path: string, { note }: ExperimentObserver): Promise<boolean> {
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
  { sources, openEngine, environment, observer }: ExperimentRequest,
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

async function runTraining(request: ExperimentRequest, outcome: Outcome): Promise<void> {
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
