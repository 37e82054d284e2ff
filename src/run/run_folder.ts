// A run folder: config.json (what makes it a run folder), environment.json, metrics.jsonl, timing.jsonl,
// the last two checkpoints, best.safetensors (training), and at the end weights.safetensors, policy.safetensors
// (search), engine.json and, last, result.json. A run that is killed anywhere and resumed leaves the same bytes as one
// that was not: metrics.jsonl is cut back to the length that the checkpoint recorded, and what came after is done
// again. timing.jsonl keeps the rows of steps that were done twice.

import type { Files, FolderLock } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { CHECKPOINT_FILES, type Checkpoints, openCheckpoints } from './checkpoint_files.ts';
import { cutLog, dropTornRow, openLog } from './log.ts';
import { explainFileError } from '../io/file_errors.ts';
import { formatJson, jsonDifferences, parseJsonObject } from '../io/json.ts';
import type { JsonObject } from '../io/json.ts';
import { removeLeftovers } from '../io/leftovers.ts';
import { parseSafetensors, serializeSafetensors } from '../io/safetensors.ts';
import type { Tensors } from '../io/safetensors.ts';

export type { Checkpoint } from './checkpoint.ts';

/** Version of the form, as config.json says it. */
export const RUN_FORMAT = 1;
const CONFIG = 'config.json';
const ENVIRONMENT = 'environment.json';
const WEIGHTS = 'weights.safetensors';
const BEST = 'best.safetensors';
const POLICY = 'policy.safetensors';
const ENGINE = 'engine.json';
const RESULT = 'result.json';
const METRICS = 'metrics.jsonl';
const TIMING = 'timing.jsonl';
const OWN_FILES = [ENVIRONMENT, ...CHECKPOINT_FILES, BEST, WEIGHTS, POLICY, ENGINE, RESULT, METRICS, TIMING];

export interface RunOutcome {
  readonly weights: Tensors;
  readonly policy?: Tensors;
  /** What the run found; no times, so that equal runs give equal bytes. */
  readonly result: object;
  /** What it cost. */
  readonly engine: object;
}

/**
 * An open run, which no other process can open. All methods throw RunError where the disk is full, and what saves or
 * finishes also where another process has the folder by now.
 */
export interface RunFolder {
  readonly dir: string;
  /** One row of metrics.jsonl: numbers that equal runs reproduce, never a time. */
  appendMetrics(row: object): Promise<void>;
  /** One row of timing.jsonl. */
  appendTiming(row: object): Promise<void>;
  /**
   * Replaces the checkpoint, all or nothing; the logs written so far belong to it. The one before stays until the next.
   */
  saveCheckpoint(checkpoint: Checkpoint): Promise<void>;
  /** Replaces the weights that did best so far. */
  saveBest(weights: Tensors): Promise<void>;
  /** Writes what the run leaves behind; after it the run counts as finished. */
  finish(outcome: RunOutcome): Promise<void>;
  /** Lets others into the folder. */
  leave(): Promise<void>;
}

export interface ResumedRun {
  readonly run: RunFolder;
  /** Where to go on; null: from the beginning. */
  readonly checkpoint: Checkpoint | null;
  /** The contents of result.json where the run is finished already, and there is nothing left to do. */
  readonly result: JsonObject | null;
}

/** Starts a run in `dir`, which is made if need be. Throws UserError where it holds a run already. */
export async function createRun(
  files: Files,
  dir: string,
  config: object,
  environment: object,
): Promise<RunFolder> {
  return enter(files, dir, (lock) => begin(files, dir, config, environment, lock));
}

async function begin(
  files: Files,
  dir: string,
  config: object,
  environment: object,
  lock: FolderLock,
): Promise<RunFolder> {
  await refuseTaken(files, dir);
  await removeLeftovers(files, dir, [CONFIG]);
  await files.writeAtomic(`${dir}/${CONFIG}`, formatJson({ format: RUN_FORMAT, ...config }, CONFIG));
  await files.writeAtomic(`${dir}/${ENVIRONMENT}`, formatJson(environment, ENVIRONMENT));
  return openRun(files, dir, openCheckpoints(files, dir), 0, lock);
}

/**
 * Throws UserError where a run of this configuration can neither be started in `dir` nor, with `resume`, gone on with:
 * what `createRun` and `resumeRun` would find, before anything is done for the run. What is known once the
 * images are read is left out.
 */
export async function checkRunFolder(
  files: Files,
  dir: string,
  resume: boolean,
  config: object,
): Promise<void> {
  if (resume && (await files.exists(`${dir}/${CONFIG}`))) {
    refuseOtherConfig(dir, withoutImages(await readConfig(files, dir)), withoutImages(config));
  } else {
    await refuseTaken(files, dir);
  }
}

/**
 * Goes on with the run in `dir`, or starts it where a kill came before anything was recorded. An environment that
 * is not the recorded one is added to environment.json under `resumed`.
 * @param note hears of a damaged checkpoint where the one before is taken in its place
 * Throws UserError where `config` is not the recorded one (naming the options that differ) or a file is damaged.
 */
export async function resumeRun(
  files: Files,
  dir: string,
  config: object,
  environment: object,
  note: (line: string) => void = () => {},
): Promise<ResumedRun> {
  return enter(files, dir, async (lock) => {
    if (!(await files.exists(`${dir}/${CONFIG}`))) {
      const run = await begin(files, dir, config, environment, lock);
      return { run, checkpoint: null, result: null };
    }
    refuseOtherConfig(dir, await readConfig(files, dir), config);
    await removeLeftovers(files, dir, [CONFIG, ...OWN_FILES]);
    await recordEnvironment(files, dir, environment);
    const result = await readResult(files, dir);
    const checkpoints = openCheckpoints(files, dir);
    const saved = await checkpoints.read(note);
    const metricsBytes = saved?.metricsBytes ?? 0;
    if (!result) {
      await cutLog(files, `${dir}/${METRICS}`, metricsBytes);
      await dropTornRow(files, `${dir}/${TIMING}`);
    }
    const checkpoint = saved && { state: saved.state, tensors: saved.tensors };
    return { run: openRun(files, dir, checkpoints, metricsBytes, lock), checkpoint, result };
  });
}

export interface RecordedRun {
  readonly config: JsonObject;
  /** Null where the run is not finished. */
  readonly result: JsonObject | null;
  /** Throws UserError where the run has no such file. */
  tensors(which: 'weights' | 'best' | 'policy'): Promise<Tensors>;
}

/** The kinds of runs: the command that makes them, and what else can be done with their folders. */
const KINDS = {
  search: { maker: 'nat search', use: 'nat derive' },
  training: { maker: 'nat train', use: 'nat evaluate' },
  'supernet of a benchmark': { maker: 'nat benchmark nasbench201 --supernet', use: null },
} as const;

type RunKind = keyof typeof KINDS;

/** A training records the network that it is of, the supernet of a benchmark the cells of a stage. */
function kindOf(config: object): RunKind {
  if ('blueprint' in config) return 'training';
  return 'stageCells' in config ? 'supernet of a benchmark' : 'search';
}

/** What the run in `dir` has recorded. Throws UserError where it is no run folder, or one of another kind. */
export async function readRun(files: Files, dir: string, kind: RunKind): Promise<RecordedRun> {
  const { maker } = KINDS[kind];
  if (!(await files.exists(`${dir}/${CONFIG}`))) {
    const what = (await files.exists(`${dir}/experiment.json`))
      ? 'an experiment, whose runs have folders of their own'
      : `not a run folder (no ${CONFIG})`;
    throw new UserError(`${dir}: ${what}; give the folder that ${maker} --out made`);
  }
  const config = await readConfig(files, dir);
  const found = kindOf(config);
  if (found !== kind) {
    const { use } = KINDS[found];
    throw new UserError(
      `${dir}: holds a ${found}, not a ${kind}; give a folder that ${maker} --out made` +
        (use === null ? '' : `, or use this one with ${use} --run ${dir}`),
    );
  }
  const names = { weights: WEIGHTS, best: BEST, policy: POLICY };
  return {
    config,
    result: await readResult(files, dir),
    async tensors(which) {
      const path = `${dir}/${names[which]}`;
      if (!(await files.exists(path))) throw new UserError(`${path}: missing from the run folder`);
      return parseSafetensors(await files.readBytes(path), path).tensors;
    },
  };
}

/** The command that goes on with the run in `dir`, whatever its options were. */
export const resumption = (dir: string, kind: RunKind): string =>
  `${KINDS[kind].maker} --config ${dir}/${CONFIG} --out ${dir} --resume`;

/** What a finished search left in its run folder. */
export interface FinishedRun {
  readonly config: JsonObject;
  readonly weights: Tensors;
  readonly policy: Tensors;
  readonly result: JsonObject;
}

/** What a finished search left behind. Throws UserError where `dir` holds none, or it is not finished. */
export async function readFinishedRun(files: Files, dir: string): Promise<FinishedRun> {
  const { config, result, tensors } = await readRun(files, dir, 'search');
  if (!result)
    throw new UserError(`${dir}: the search is not finished; go on with it: ${resumption(dir, 'search')}`);
  return { config, weights: await tensors('weights'), policy: await tensors('policy'), result };
}

/** Makes the folder if need be, and keeps others out of it for as long as what `open` opens is open. */
const enter = <T>(files: Files, dir: string, open: (lock: FolderLock) => Promise<T>): Promise<T> =>
  explained(dir, async () => {
    await files.makeDirectory(dir);
    const lock = await files.lock(dir);
    try {
      return await open(lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  });

function openRun(
  files: Files,
  dir: string,
  checkpoints: Checkpoints,
  metricsBytes: number,
  lock: FolderLock,
): RunFolder {
  const metrics = openLog(files, `${dir}/${METRICS}`);
  const timing = openLog(files, `${dir}/${TIMING}`);
  /** Returns the length of metrics.jsonl. */
  const flush = async (): Promise<number> => {
    await timing.flush();
    return metricsBytes + (await metrics.flush());
  };
  const replace = (name: string, data: Uint8Array | string) => files.writeAtomic(`${dir}/${name}`, data);
  return {
    dir,
    appendMetrics: (row) => explained(dir, () => metrics.append(row)),
    appendTiming: (row) => explained(dir, () => timing.append(row)),
    saveCheckpoint: (checkpoint) => explained(dir, async () => checkpoints.save(checkpoint, await flush())),
    saveBest: (weights) => explained(dir, () => replace(BEST, serializeSafetensors(weights))),
    finish: ({ weights, policy, result, engine }) =>
      explained(dir, async () => {
        await lock.check();
        await flush();
        await replace(WEIGHTS, serializeSafetensors(weights));
        if (policy) await replace(POLICY, serializeSafetensors(policy));
        await replace(ENGINE, formatJson(engine, ENGINE));
        await checkpoints.keepOne();
        await replace(RESULT, formatJson(result, RESULT));
      }),
    leave: () => lock.release(),
  };
}

/** Throws UserError where `dir` holds a run, or parts of one. */
async function refuseTaken(files: Files, dir: string): Promise<void> {
  if (await files.exists(`${dir}/${CONFIG}`)) {
    throw new UserError(
      `${dir}: there is a run in this folder already; add --resume to go on with it, or choose another folder`,
    );
  }
  for (const name of OWN_FILES) {
    if (await files.exists(`${dir}/${name}`)) {
      throw new UserError(
        `${dir}: holds ${name} but no ${CONFIG}, so it is not a run folder; choose another folder`,
      );
    }
  }
}

async function readConfig(files: Files, dir: string): Promise<JsonObject> {
  const path = `${dir}/${CONFIG}`;
  const { format, ...config } = parseJsonObject(await files.readText(path), path);
  if (format !== RUN_FORMAT) {
    const got = format === undefined ? 'no format number' : `format ${JSON.stringify(format)}`;
    throw new UserError(
      `${path}: got ${got}, this version reads run folders of format ${RUN_FORMAT}; ` +
        'use the version that made the folder, or choose another folder',
    );
  }
  return config;
}

/** A configuration without what its images decide. */
function withoutImages(config: object): JsonObject {
  const { dataset: _, imageSize: __, ...rest } = config as JsonObject;
  return rest;
}

function refuseOtherConfig(dir: string, recorded: JsonObject, asked: object): void {
  const [found, wanted] = [kindOf(recorded), kindOf(asked)];
  if (found !== wanted) {
    throw new UserError(`${dir}: holds a ${found}, not a ${wanted}; choose another folder`);
  }
  // through JSON, so that both sides have lost the same things (undefined, -0)
  const differences = jsonDifferences(recorded, JSON.parse(formatJson(asked, CONFIG)));
  if (differences.length === 0) return;
  const list = differences.map(({ key, a, b }) => `${key} is ${a} there and ${b} here`).join('; ');
  throw new UserError(
    `${dir}: the run was started with other options: ${list}; give the same options to resume it, ` +
      'or choose another folder',
  );
}

async function recordEnvironment(files: Files, dir: string, environment: object): Promise<void> {
  const path = `${dir}/${ENVIRONMENT}`;
  const present = JSON.parse(formatJson(environment, ENVIRONMENT)) as JsonObject;
  if (!(await files.exists(path))) return files.writeAtomic(path, formatJson(present, ENVIRONMENT));
  const { resumed, ...first } = parseJsonObject(await files.readText(path), path);
  const earlier: JsonObject[] = Array.isArray(resumed) ? resumed : [];
  if (jsonDifferences(earlier.at(-1) ?? first, present).length === 0) return;
  await files.writeAtomic(path, formatJson({ ...first, resumed: [...earlier, present] }, ENVIRONMENT));
}

async function readResult(files: Files, dir: string): Promise<JsonObject | null> {
  const path = `${dir}/${RESULT}`;
  return (await files.exists(path)) ? parseJsonObject(await files.readText(path), path) : null;
}

async function explained<T>(dir: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw explainFileError(error, dir, 'free some and go on with --resume');
  }
}
