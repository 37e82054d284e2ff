// Training: steps over batches of images, epoch by epoch. What a step computes follows from the seed and its number alone,
// so that a training that goes on from a checkpoint leaves the bytes of one that was never interrupted.
import type { Device } from '../../runtime/engine/engine.ts';
import { memoryScope } from '../../runtime/engine/memory_scope.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Augmentation } from '../data/augment.ts';
import { planRecording } from '../core/plan.ts';
import { runSteps } from '../core/step.ts';
import { throttle } from '../run/throttle.ts';
import { arrayBatches, type BatchSettings, givenBatches, type TrainingBatches } from './batches.ts';
import { type FitCheckpoint, openFitCheckpoint } from './checkpoint.ts';
import { type ImageBatches, type Images, isArrays } from './images.ts';
import { type Model, type ModelOptions, openModel } from './model.ts';
import { adam, cosine, type Optimizer, type Schedule } from './optimizers.ts';
import { recordFit } from './program.ts';
import { Reports, type TrainingReport } from './reports.ts';

/** What is trained, on what, for how long, and who hears of it. */
export interface FitOptions extends ModelOptions {
  /**
   * Images with labels: arrays, of which every epoch takes all whole batches in another order, or batches as they come,
   * of which smaller ones are left out. Batches that can be read but once are given by a function of the epoch.
   */
  readonly images: Images | ((epoch: number) => ImageBatches);
  /** Passes over the images. */
  readonly epochs: number;
  /** Images in a step; 32 unless given. */
  readonly batch?: number;
  /** adam() unless given. */
  readonly optimizer?: Optimizer;
  /** What the learning rate is multiplied by; cosine() unless given. */
  readonly schedule?: Schedule;
  /** Share of the target that all classes divide; 0 unless given. */
  readonly labelSmoothing?: number;
  /** How arrays of square images are changed at random; not at all unless given. */
  readonly augmentation?: Augmentation;
  /** Hears of every step, or of every `reportEvery`-th; each time waits for the device. */
  onStep?(report: TrainingReport): void | Promise<void>;
  /** Steps between two calls of onStep; 1 unless given. */
  readonly reportEvery?: number;
  /** Hears of every epoch, with the model as it is then, which may be evaluated. */
  onEpoch?(report: TrainingReport & { readonly model: Model }): void | Promise<void>;
  /** An AbortSignal: ends the training after the step at hand; with a checkpoint it can be gone on with. */
  readonly signal?: { readonly aborted: boolean };
  /** Where the training is kept, and where it goes on from if there is something. */
  readonly checkpoint?: FitCheckpoint;
}

/** The trained model, and how far the training went. */
export interface FitResult {
  readonly model: Model;
  /** Steps done, over all epochs. */
  readonly steps: number;
  /** False where `signal` ended the training early. */
  readonly finished: boolean;
}

/**
 * Trains a network on images with labels, by their mean cross-entropy. Rejects with UserError for what does not fit
 * together, with RunError where training diverges or the device fails.
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  const { epochs, batch = 32, reportEvery = 1, checkpoint } = options;
  for (const [name, value] of Object.entries({ epochs, batch, reportEvery, every: checkpoint?.every ?? 1 })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new UserError(`fit: got ${name} ${value}, expected a whole number of 1 or more`);
    }
  }
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new UserError(`fit: got labelSmoothing ${labelSmoothing}, expected 0 or more and less than 1`);
  }
  const model = openModel(options);
  const memory = memoryScope(options.engine);
  try {
    return await train(options, model, memory);
  } catch (error) {
    model.destroy();
    throw error;
  } finally {
    memory.destroy();
  }
}

/** @param engine the memory of what only training needs */
async function train(options: FitOptions, model: Model, engine: Device): Promise<FitResult> {
  const { epochs, batch = 32, seed = 0, optimizer = adam(), schedule = cosine() } = options;
  const { labelSmoothing = 0, augmentation = null, reportEvery = 1, signal, checkpoint } = options;
  const batches = batchesOf(options.images, { batch, seed, augmentation, format: model.format });
  const settings = { batch, seed, optimizer, labelSmoothing };
  const program = await planRecording(engine, (planned) =>
    recordFit(planned, model, batches, settings),
  ).record(engine);
  runSteps(engine, program.begin);
  engine.reserveReadback(program.metrics.bytes);
  const reports = new Reports(engine, program);
  const identity = { ...settings, optimizer: optimizer.settings, epochs, augmentation };
  const saved = checkpoint
    ? await openFitCheckpoint(checkpoint, { model, program, identity, latest: reports.latest })
    : null;
  const start = saved?.start ?? { epoch: 0, step: 0, number: 0 };
  let { number } = start;
  const ended = (finished: boolean): FitResult => ({ model, steps: number, finished });
  const settle = throttle(engine);
  for (let { epoch } = start; epoch < epochs; epoch++) {
    let step = epoch === start.epoch ? start.step : 0;
    if (signal?.aborted) return ended(false);
    for await (const fill of program.batches.epoch(epoch, step)) {
      await settle();
      const lr = optimizer.lr * schedule(batches.steps ? epoch + step / batches.steps : epoch, epochs);
      if (!Number.isFinite(lr)) {
        throw new UserError(
          `fit: got a learning rate of ${lr} in epoch ${epoch}, expected a finite one of schedule`,
        );
      }
      runSteps(engine, program.step(fill, number, lr));
      reports.done(epoch, ++step, lr);
      number++;
      if (options.onStep && step % reportEvery === 0) await options.onStep(await reports.ofSteps());
      const due = checkpoint?.every !== undefined && number % checkpoint.every === 0;
      if (due || signal?.aborted) await saved?.save({ epoch, step, number });
      if (signal?.aborted) return ended(false);
    }
    const report = await reports.ofEpoch();
    await saved?.save({ epoch: epoch + 1, step: 0, number });
    await options.onEpoch?.({ ...report, model });
  }
  return ended(true);
}

function batchesOf(images: FitOptions['images'], settings: BatchSettings): TrainingBatches {
  if (typeof images !== 'function' && isArrays(images)) return arrayBatches(images, settings);
  if (settings.augmentation) {
    throw new UserError(
      'fit: got augmentation for batches as they come, expected arrays; change the images before',
    );
  }
  return givenBatches(typeof images === 'function' ? images : () => images, settings);
}
