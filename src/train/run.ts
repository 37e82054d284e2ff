// A training from its settings to a run folder: the one way in, for the command line and the tests.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { createRun, resumeRun } from '../run/run_folder.ts';
import type { Blueprint } from '../networks/registry.ts';
import { checkTrainConfig, type TrainConfig } from './config.ts';
import type { TrainingImages } from './images.ts';
import { blueprintToJson, networkBuilder } from './network.ts';
import { planTraining, TrainSession } from './session.ts';
import { runTraining, type TrainObserver, type TrainResult } from './train.ts';

export interface TrainRequest {
  readonly config: TrainConfig;
  readonly blueprint: Blueprint;
  readonly data: TrainingImages;
  readonly files: Files;
  /** The run folder. */
  readonly dir: string;
  readonly resume: boolean;
  /** Adapter, runtime and versions, for environment.json. */
  readonly environment: object;
  readonly observer: TrainObserver;
  /** Told what the training will need, before anything is allocated. */
  planned?(plan: { readonly bytes: number; readonly pipelines: number }): void;
}

/** The result, or null where the user interrupted the training: it can be resumed. */
export async function trainIntoFolder(engine: Device, request: TrainRequest): Promise<TrainResult | null> {
  const { config, blueprint, data, files, dir, environment, observer } = request;
  checkTrainConfig(config);
  if (data.trainCount < config.batch) {
    throw new UserError(
      `--batch: got ${config.batch}, but there are only ${data.trainCount} training images`,
    );
  }
  for (const size of ['channels', 'layers'] as const) {
    if (blueprint.network === null && config[size] < 1) {
      throw new UserError(`--${size}: got ${config[size]}, expected a positive integer`);
    }
  }
  if (data.testCount === 0) throw new UserError(`data ${config.data}: there are no test images`);
  const build = networkBuilder(blueprint, config, data.classNames.length);
  const plan = planTraining(engine, build, data, config);
  if (config.dropPath > 0 && plan.paths === 0) {
    throw new UserError(`--drop-path: ${blueprint.name} has no paths to drop; leave it out`);
  }
  request.planned?.({ bytes: plan.bytes, pipelines: plan.pipelines.length });
  const recorded = { ...config, blueprint: blueprintToJson(blueprint) };
  const { run, checkpoint, result } = request.resume
    ? await resumeRun(files, dir, recorded, environment)
    : { run: await createRun(files, dir, recorded, environment), checkpoint: null, result: null };
  if (result) return result as unknown as TrainResult;
  const started = observer.now();
  const session = await TrainSession.open(engine, plan);
  const memory = { plannedBytes: plan.bytes, compileMs: observer.now() - started };
  return runTraining(session, data, run, checkpoint, memory, observer);
}
