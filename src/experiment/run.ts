// Runs an experiment: searches, transformations, trainings, and at last the table. What is finished is not repeated,
// what was interrupted goes on, and the table is made of what the runs left in their folders alone: so it has the
// same bytes however often the experiment was interrupted.
import type { Files } from '../../runtime/host/platform.ts';
import { RunError, UserError } from '../../runtime/errors.ts';
import { explainFileError } from '../io/file_errors.ts';
import { formatJson, jsonDifferences, parseJsonObject } from '../io/json.ts';
import { removeLeftovers } from '../io/leftovers.ts';
import { Interrupted, nullIfInterrupted, type RunObserver } from '../run/observer.ts';
import { DEFINITION, type Experiment, formatDefinition } from './definition.ts';
import { type Grid, layOut } from './grid.ts';
import type { JobRequest } from './job_request.ts';
import { type Job, jobsOf } from './jobs.ts';
import { formatTable } from './markdown.ts';
import { createJobRunner } from './run_job.ts';
import { type ExperimentTable, readTable } from './table.ts';

const TABLE = { json: 'table.json', markdown: 'table.md' };

export interface ExperimentObserver extends Pick<RunObserver, 'progress' | 'now' | 'interrupted' | 'note'> {
  /**
   * Before a run that is not finished yet; `done` of `total` runs are.
   * @param alike how many of those that come after it are of its kind
   */
  begins(what: string, done: number, total: number, alike: number): void;
}

export interface ExperimentRequest extends JobRequest {
  readonly experiment: Experiment;
  /** The folder for everything. */
  readonly dir: string;
  readonly observer: ExperimentObserver;
}

/** The table, also written to `dir`; null where the user interrupted the experiment: the same call goes on. */
export async function runExperiment(request: ExperimentRequest): Promise<ExperimentTable | null> {
  const { experiment, dir, sources } = request;
  const { files } = sources;
  try {
    return await alone(files, dir, async () => {
      await prepare(files, dir, experiment);
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

/**
 * Does one job in the folder of an experiment that is there, while others do others: each keeps everybody out of its own
 * run folder alone. Throws UserError where a job before it is not done, Interrupted where the user stopped it.
 */
export async function runOneJob(request: ExperimentRequest, job: Job): Promise<void> {
  const { experiment, dir, sources } = request;
  try {
    await requireSame(sources.files, dir, experiment);
    const runner = createJobRunner(request);
    for (const need of jobsOf(layOut(experiment, dir)).filter(({ id }) => job.needs.includes(id))) {
      if (!(await runner.isDone(need))) {
        throw new UserError(`${job.what}: ${need.what} is not done yet; do that first`);
      }
    }
    if (!(await runner.isDone(job))) await runner.run(job);
  } catch (error) {
    throw explainFileError(error, dir, 'free some and run the same command again');
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
export const claimFolder = (files: Files, dir: string, experiment: Experiment): Promise<void> =>
  alone(files, dir, () => prepare(files, dir, experiment));

async function prepare(files: Files, dir: string, experiment: Experiment): Promise<void> {
  const path = `${dir}/${DEFINITION}`;
  if (await files.exists(path)) {
    await requireSame(files, dir, experiment);
  } else {
    if (await files.exists(`${dir}/config.json`)) {
      throw new UserError(`${dir}: is a run folder; choose another folder with --out`);
    }
    await files.makeDirectory(`${dir}/derivations`);
    await files.writeAtomic(path, formatDefinition(experiment));
  }
  await removeLeftovers(files, dir, [DEFINITION, TABLE.json, TABLE.markdown]);
  for (const entry of await files.list(`${dir}/derivations`)) {
    if (entry.endsWith('.tmp')) await files.remove(`${dir}/derivations/${entry}`);
  }
}

/** Throws UserError where the folder holds another experiment, or none. */
async function requireSame(files: Files, dir: string, experiment: Experiment): Promise<void> {
  const path = `${dir}/${DEFINITION}`;
  if (!(await files.exists(path))) {
    throw new UserError(`${dir}: holds no experiment yet; nat experiment --slurm makes it`);
  }
  const recorded = parseJsonObject(await files.readText(path), path);
  const differences = jsonDifferences(recorded, parseJsonObject(formatDefinition(experiment), path));
  if (differences.length === 0) return;
  const names = differences.map(({ key }) => (key === 'subjects' ? 'architectures and settings' : key));
  throw new UserError(
    `${dir}: holds another experiment: its ${names.join(', ')} differ; choose another folder with --out`,
  );
}

async function runGrid(request: ExperimentRequest, grid: Grid): Promise<void> {
  const { observer } = request;
  const runner = createJobRunner(request);
  const jobs = jobsOf(grid);
  // transformations are a part of their search's time
  const total = jobs.filter(({ kind }) => kind !== 'transformations').length;
  let done = 0;
  for (const job of jobs) {
    if (!(await runner.isDone(job))) {
      if (observer.interrupted()) throw new Interrupted();
      const ofItsKind = job.kind === 'training' ? total : grid.searches.length;
      observer.begins(job.what, done, total, ofItsKind - done - 1);
      await runner.run(job).catch((error: unknown) => {
        throw named(error, job.what);
      });
    }
    if (job.kind !== 'search') done++;
  }
}

/** An error for the user, with what it is about in front. */
function named(error: unknown, what: string): unknown {
  if (error instanceof RunError) return new RunError(`${what}: ${error.message}`, { cause: error });
  return error instanceof UserError ? new UserError(`${what}: ${error.message}`, { cause: error }) : error;
}
