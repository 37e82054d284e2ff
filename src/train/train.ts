// Training from scratch: epochs of steps, each followed by an evaluation on all test images when one is due.
import type { Checkpoint, RunFolder } from '../run/run_folder.ts';
import type { JsonObject } from '../io/json.ts';
import { readRegions, writeRegions } from '../nn/region_state.ts';
import { stepsPerEpoch } from '../data/order.ts';
import type { EvaluationResult } from './evaluation.ts';
import type { TrainingImages } from './images.ts';
import { parameterCount } from './network.ts';
import { stateRegions } from './program.ts';
import { EngineReport } from './report.ts';
import { keepProbability, learningRate } from './schedule.ts';
import { diverged, evaluate, type StepMetrics, type TrainSession } from './session.ts';
import { throttle } from './throttle.ts';

export interface TrainProgress {
  /** Counted from 0. */
  readonly epoch: number;
  readonly epochs: number;
  readonly phase: 'train' | 'test';
  /** Steps, or test images. */
  readonly done: number;
  readonly total: number;
}

/** What a training tells while it runs. */
export interface TrainObserver {
  /** After every step, and every batch of an evaluation. */
  progress(progress: TrainProgress): void;
  /** At every line of metrics.jsonl. */
  metrics(row: Readonly<Record<string, number | string | null>>): void;
  /** Milliseconds, for timing.jsonl and to space out checkpoints; never for a result. */
  now(): number;
  /** True once the user has asked to stop. */
  interrupted(): boolean;
}

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

/** How far a training is: `step` steps of `epoch` are done, and its evaluation is not. */
interface Position {
  readonly epoch: number;
  readonly step: number;
}

interface Latest {
  train: StepMetrics | null;
  test: TestMetrics | null;
  best: TrainResult['best'] | null;
}

const MS_BETWEEN_CHECKPOINTS = 60_000;

/** Trains from the beginning or a checkpoint to the end; null where it was interrupted. */
export async function runTraining(
  session: TrainSession,
  data: TrainingImages,
  run: RunFolder,
  checkpoint: Checkpoint | null,
  memory: { plannedBytes: number; compileMs: number },
  observer: TrainObserver,
): Promise<TrainResult | null> {
  const { config, engine, program } = session;
  const { epochs } = config;
  const steps = stepsPerEpoch(data.trainCount, config.batch, config.maxSteps);
  const regions = stateRegions(program);
  const latest: Latest = { train: null, test: null, best: null };
  let begin: Position = { epoch: 0, step: 0 };
  if (checkpoint) {
    writeRegions(engine, regions, checkpoint.tensors);
    begin = checkpoint.state['position'] as Position;
    Object.assign(latest, checkpoint.state['latest']);
  }
  const report = new EngineReport(engine.counters);
  const settle = throttle(engine);
  let lastSave = observer.now();

  const save = async (position: Position): Promise<void> => {
    const tensors = await readRegions(engine, regions);
    for (const [name, { data: values }] of Object.entries(tensors)) {
      if (!(values as Float32Array).every(Number.isFinite)) {
        throw diverged(
          `after ${position.step} steps of epoch ${position.epoch}, ${name} are not finite`,
          config.lr,
        );
      }
    }
    const state = JSON.parse(JSON.stringify({ position, latest })) as JsonObject;
    await run.saveCheckpoint({ state, tensors });
    lastSave = observer.now();
  };

  /** One epoch's steps from `first` on; false where the user interrupted them. */
  const trainEpoch = async (epoch: number, first: number): Promise<boolean> => {
    const lr = learningRate(config, epoch);
    const keep = keepProbability(config, epoch);
    const batches = program.feed.trainBatches(epoch, first, steps);
    try {
      for (let step = first; step < steps; step++) {
        const started = observer.now();
        const batch = await batches.next();
        await settle();
        report.begin(observer.now());
        session.step(batch, epoch * steps + step, lr, keep);
        report.end('train', observer.now());
        const done = step + 1;
        if (done % config.logEvery === 0 || done === steps) {
          latest.train = await session.takeStepMetrics();
          const row = { epoch, phase: 'train', step: done, lr, ...latest.train };
          await run.appendMetrics(row);
          const ms = Math.round(observer.now() - started);
          await run.appendTiming({ epoch, phase: 'train', step: done, ms });
          observer.metrics(row);
        }
        observer.progress({ epoch, epochs, phase: 'train', done, total: steps });
        const interrupted = observer.interrupted();
        if (interrupted || observer.now() - lastSave > MS_BETWEEN_CHECKPOINTS) {
          await save({ epoch, step: done });
        }
        if (interrupted) return false;
      }
      return true;
    } finally {
      batches.close();
    }
  };

  /** Evaluates after an epoch and keeps the best network; false where the user interrupted it. */
  const testEpoch = async (epoch: number): Promise<boolean> => {
    const started = observer.now();
    const total = data.testCount;
    const result = await evaluate(engine, program, total, {
      begin: () => report.begin(observer.now()),
      end: () => report.end('test', observer.now()),
      progress: (done) => observer.progress({ epoch, epochs, phase: 'test', done, total }),
      stop: observer.interrupted,
    });
    if (!result) {
      await save({ epoch, step: steps });
      return false;
    }
    const { images, loss, top1, top5 } = result;
    latest.test = { images, loss, top1, top5 };
    const row = { epoch, phase: 'test', ...latest.test };
    await run.appendMetrics(row);
    await run.appendTiming({ epoch, phase: 'test', ms: Math.round(observer.now() - started) });
    observer.metrics(row);
    if (!latest.best || top1 > latest.best.top1) {
      latest.best = { epoch, ...latest.test };
      await run.saveBest(await session.network());
    }
    return true;
  };

  for (let { epoch, step } = begin; epoch < epochs; epoch++, step = 0) {
    if (!(await trainEpoch(epoch, step))) return null;
    const due = (epoch + 1) % config.evalEvery === 0 || epoch + 1 === epochs;
    if (due && !(await testEpoch(epoch))) return null;
    await save({ epoch: epoch + 1, step: 0 });
  }

  const result: TrainResult = {
    arch: config.arch,
    parameters: parameterCount(program.network),
    epochs,
    steps: epochs * steps,
    train: latest.train!,
    test: latest.test!,
    best: latest.best!,
  };
  await run.finish({ weights: await session.network(), result, engine: report.summary(memory) });
  return result;
}
