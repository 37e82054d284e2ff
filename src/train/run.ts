// A training from scratch, as a run: epochs of steps, each followed by an evaluation on all test images when one is due.
import type { Device } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { stepsPerEpoch } from '../data/order.ts';
import type { Blueprint } from '../networks/registry.ts';
import type { Evaluation, Phase } from '../run/loop.ts';
import { type OpenRun, runIntoFolder, type RunRequest } from '../run/run.ts';
import type { RunFolder } from '../run/run_folder.ts';
import { SettingError } from '../settings/setting.ts';
import { checkTrainConfig, type TrainConfig } from './config.ts';
import type { EvaluationResult } from './evaluation.ts';
import type { Batch, TrainingImages } from './images.ts';
import { blueprintToJson, networkBuilder, parameterCount } from './network.ts';
import { stateRegions } from './program.ts';
import { countPaths } from './regularisation.ts';
import { keepProbability, learningRate } from './schedule.ts';
import { evaluate, planTraining, type StepMetrics, TrainSession } from './session.ts';
import { throttle } from '../run/throttle.ts';

export interface TrainRequest extends RunRequest {
  readonly config: TrainConfig;
  readonly blueprint: Blueprint;
  readonly data: TrainingImages;
}

/** Options that decide how many weights there are. */
export const TRAIN_SIZES = '--channels or --layers';

/** An evaluation as metrics and results report it. */
export type TestMetrics = Pick<EvaluationResult, 'images' | 'loss' | 'top1' | 'top5'>;

/** The contents of result.json. */
export interface TrainResult {
  readonly arch: string;
  readonly parameters: number;
  readonly epochs: number;
  readonly steps: number;
  /** Of the last steps. */
  readonly train: StepMetrics;
  /** Of the last epoch. */
  readonly test: TestMetrics;
  /** The epoch (from 0) with the highest top-1 accuracy on the test images, whose weights are kept as well. */
  readonly best: TestMetrics & { readonly epoch: number };
}

/** The result, or null where the user interrupted the training: it can be resumed. */
export async function trainIntoFolder(engine: Device, request: TrainRequest): Promise<TrainResult | null> {
  const { blueprint, data } = request;
  const { dataset: _, ...asked } = request.config;
  const dataset = await data.describe();
  const config = { ...asked, imageSize: data.format.imageSize, ...(dataset && { dataset }) };
  return runIntoFolder(engine, request, TRAIN_SIZES, () => {
    checkTraining({ config, blueprint, data });
    const build = networkBuilder(blueprint, config, data.format);
    const plan = planTraining(engine, build, data, config);
    return {
      config: recordedConfig(config, blueprint),
      needs: { bytes: plan.bytes, pipelines: plan.pipelines.length },
      open: async (run) => openTraining(await TrainSession.open(engine, plan), data, run),
    };
  });
}

/** The contents of config.json. */
export const recordedConfig = (config: TrainConfig, blueprint: Blueprint): object => ({
  ...config,
  blueprint: blueprintToJson(blueprint),
});

/** Throws UserError for what cannot be trained, or not on these images; needs no engine. */
export function checkTraining({
  config,
  blueprint,
  data,
}: Pick<TrainRequest, 'config' | 'blueprint' | 'data'>): void {
  checkTrainConfig(config);
  checkImages(config, data);
  for (const size of ['channels', 'layers'] as const) {
    if (blueprint.network === null && config[size] < 1) {
      throw new SettingError(size, `got ${config[size]}, expected a whole number of 1 or more`);
    }
  }
  const network = networkBuilder(blueprint, config, data.format)();
  if (config.dropPath > 0 && countPaths(network) === 0) {
    throw new SettingError('dropPath', `${blueprint.name} has no paths to drop; leave it out`);
  }
}

/** Throws UserError where there is nothing to train with, or nothing to test on. */
function checkImages({ batch, data }: TrainConfig, { trainCount, testCount }: TrainingImages): void {
  if (trainCount < batch) {
    throw new SettingError('batch', `got ${batch}, but there are only ${trainCount} training images`);
  }
  if (testCount === 0) throw new UserError(`data ${data}: there are no test images`);
}

/** What of a training the last lines of metrics.jsonl said. */
interface Latest {
  train: StepMetrics | null;
  test: TestMetrics | null;
  best: TrainResult['best'] | null;
}

function openTraining(session: TrainSession, data: TrainingImages, run: RunFolder): OpenRun<TrainResult> {
  const { config, program } = session;
  const { epochs, logEvery } = config;
  const steps = stepsPerEpoch(data.trainCount, config.batch, config.maxSteps);
  const latest: Latest = { train: null, test: null, best: null };
  return {
    epochs,
    logEvery,
    phases: [trainingPhase(session, steps, latest)],
    evaluation: testing(session, data.testCount, run, latest),
    state: stateRegions(program),
    latest,
    outcome: async () => ({
      weights: await session.network(),
      result: {
        arch: config.arch,
        parameters: parameterCount(program.network),
        epochs,
        steps: epochs * steps,
        train: latest.train!,
        test: latest.test!,
        best: latest.best!,
      },
    }),
  };
}

function trainingPhase(session: TrainSession, steps: number, latest: Latest): Phase {
  const { config, engine, program } = session;
  const settle = throttle(engine);
  return {
    name: 'train',
    steps,
    begin(epoch, first) {
      const lr = learningRate(config, epoch);
      const keep = keepProbability(config, epoch);
      const batches = program.feed.trainBatches(epoch, first, steps);
      let batch: Batch | null = null;
      return {
        async prepare() {
          batch = await batches.next();
          await settle();
        },
        step: (step) => session.step(batch!, epoch * steps + step, lr, keep),
        async metrics() {
          latest.train = await session.takeStepMetrics();
          return { lr, ...latest.train };
        },
        close: () => batches.close(),
      };
    },
  };
}

/** Evaluates on all test images after an epoch, and keeps the best network. */
function testing(session: TrainSession, images: number, run: RunFolder, latest: Latest): Evaluation {
  const { config, engine, program } = session;
  return {
    name: 'test',
    steps: Math.ceil(images / config.batch),
    due: (epoch) => (epoch + 1) % config.evalEvery === 0 || epoch + 1 === config.epochs,
    async run(epoch, watch) {
      const progress = (done: number): void => watch.progress(done, images);
      const result = await evaluate(engine, program, images, { ...watch, progress });
      if (!result) return null;
      const { loss, top1, top5 } = result;
      latest.test = { images: result.images, loss, top1, top5 };
      if (!latest.best || top1 > latest.best.top1) {
        latest.best = { epoch, ...latest.test };
        await run.saveBest(await session.network());
      }
      return latest.test;
    },
  };
}
