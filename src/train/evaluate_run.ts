// Evaluates what a training left behind: the accuracy of its network on the test images, as a whole and by class.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { formatOf, requireFormat } from '../data/dataset_record.ts';
import { readRun, resumption } from '../run/run_folder.ts';
import type { JsonObject } from '../io/json.ts';
import { runSteps } from '../core/step.ts';
import type { Tensors } from '../io/safetensors.ts';
import { importParameters } from '../nn/weight_files.ts';
import type { Blueprint } from '../networks/registry.ts';
import type { TrainConfig } from './config.ts';
import type { EvaluationResult } from './evaluation.ts';
import type { TrainingImages } from './images.ts';
import { blueprintFromJson, networkBuilder } from './network.ts';
import { evaluate, planEvaluation } from './session.ts';

/** A trained network as a run folder holds it. */
export interface TrainedNetwork {
  readonly config: TrainConfig;
  readonly blueprint: Blueprint;
  /** Weights and running statistics, by name. */
  readonly tensors: Tensors;
  /** The file that they are from. */
  readonly file: string;
}

/**
 * Reads the last weights of a finished training, or the best ones of any that was evaluated.
 * Throws UserError where `dir` holds no such thing.
 */
export async function readTrainedNetwork(
  files: Files,
  dir: string,
  which: 'last' | 'best',
): Promise<TrainedNetwork> {
  const run = await readRun(files, dir, 'training');
  const { blueprint, ...rest } = run.config;
  if (which === 'last' && !run.result) {
    throw new UserError(
      `${dir}: the training is not finished; go on with it (${resumption(dir, 'training')}) ` +
        'or evaluate the best weights so far with --weights best',
    );
  }
  const config = rest as unknown as TrainConfig;
  const name = which === 'last' ? 'weights' : 'best';
  return {
    config,
    blueprint: blueprintFromJson(blueprint as JsonObject, config.setting, `${dir}/config.json`),
    tensors: await run.tensors(name),
    file: `${dir}/${name}.safetensors`,
  };
}

/** Evaluates on all test images; null where `observer` stopped it. */
export async function evaluateNetwork(
  engine: Device,
  { config, blueprint, tensors, file }: TrainedNetwork,
  data: TrainingImages,
  observer: { progress(done: number): void; stop(): boolean },
): Promise<EvaluationResult | null> {
  // an earlier version remembered nothing of ImageNet's images
  if (config.dataset || config.setting === 'cifar10')
    requireFormat(data.format, formatOf(config), config.data);
  const build = networkBuilder(blueprint, { ...config, auxiliary: 0 }, data.format);
  const plan = planEvaluation(engine, build, data, config.batch);
  const program = await plan.record(engine);
  for (const store of [program.network.weights, program.network.statistics]) {
    importParameters(engine, store, tensors, file);
  }
  runSteps(engine, program.feed.load);
  return evaluate(engine, program, data.testCount, observer);
}
