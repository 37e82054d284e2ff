// A training on a GPU: one step, the evaluation of all test images, and what is read back of them.
import type { Adapter, Device } from '../../runtime/engine/engine.ts';
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { RunError } from '../../runtime/errors.ts';
import { exportParameters } from '../nn/weight_files.ts';
import type { Network } from '../nn/network.ts';
import type { Tensors } from '../io/safetensors.ts';
import { download } from '../core/transfer.ts';
import type { TrainConfig } from './config.ts';
import { type EvaluationResult, summarizeCounts } from './evaluation.ts';
import type { TrainingImages } from './images.ts';
import {
  assembleEvaluation,
  assembleTraining,
  type EvaluationProgram,
  type Recorded,
  largestReadback,
  type TrainProgram,
} from './program.ts';
import { countPaths } from './regularisation.ts';
import { throttle } from './throttle.ts';

/** A program recorded on an engine that only counts. */
export interface Plan<P> {
  readonly recorded: Recorded<P>;
  readonly engine: PlanEngine;
  /** Bytes of GPU memory that it will use. */
  readonly bytes: number;
}

export interface TrainPlan extends Plan<TrainProgram> {
  /** Droppable paths of the network. */
  readonly paths: number;
}

/** Records the whole training without a device: what memory and which pipelines it needs. */
export function planTraining(
  adapter: Adapter,
  build: () => Network,
  data: TrainingImages,
  config: TrainConfig,
): TrainPlan {
  const planner = new PlanEngine(adapter.kind, adapter.limits);
  const paths = config.dropPath > 0 ? countPaths(build()) : 0;
  const recorded = assembleTraining(planner, build(), data, config, paths);
  const bytes = plannedBytes(planner, recorded, largestReadback(recorded.program));
  return { recorded, engine: planner, bytes, paths };
}

/** Likewise for an evaluation alone. */
export function planEvaluation(
  adapter: Adapter,
  build: () => Network,
  data: TrainingImages,
  batch: number,
): Plan<EvaluationProgram> {
  const planner = new PlanEngine(adapter.kind, adapter.limits);
  const recorded = assembleEvaluation(planner, build(), data, batch);
  const { bytes } = recorded.program.counts.confusion;
  return { recorded, engine: planner, bytes: plannedBytes(planner, recorded, bytes) };
}

function plannedBytes(planner: PlanEngine, recorded: Recorded<unknown>, readback: number): number {
  const { activations, scratch } = recorded;
  return (
    planner.counters.bufferBytes +
    activations.plannedBytes +
    scratch.plannedBytes +
    planner.overheadBytes(readback)
  );
}

/** Averages over the steps since they were last taken. */
export interface StepMetrics {
  readonly loss: number;
  readonly top1: number;
  readonly top5: number;
}

export class TrainSession {
  private constructor(
    readonly engine: Device,
    readonly config: TrainConfig,
    readonly program: TrainProgram,
  ) {}

  /** Compiles what the plan needs, makes the memory, brings the images there and initialises the network. */
  static async open(
    engine: Device,
    build: () => Network,
    data: TrainingImages,
    config: TrainConfig,
    plan: TrainPlan,
  ): Promise<TrainSession> {
    await engine.compile(plan.engine.pipelines.values());
    const { program } = assembleTraining(engine, build(), data, config, plan.paths, plan.recorded);
    engine.write(program.lossWeights[0], new Float32Array([1]));
    engine.write(program.lossWeights[1], new Float32Array([config.auxiliary]));
    program.feed.load(engine);
    engine.submit(program.initialise);
    engine.reserveReadback(largestReadback(program));
    return new TrainSession(engine, config, program);
  }

  /** One step on the batch that was chosen last. `step` counts from 0 over the whole run. */
  step(step: number, lr: number, keep: number): void {
    const { sgd, regularisation, step: commands } = this.program;
    sgd.write(this.engine, lr);
    regularisation.write(this.engine, keep, step);
    this.engine.submit(commands);
  }

  /** Reads the counts of the steps and begins them anew. Throws RunError where training has diverged. */
  async takeStepMetrics(): Promise<StepMetrics> {
    const { meter } = this.program;
    const [counts] = await download(this.engine, meter);
    this.engine.write(meter, new Float32Array(4));
    const [loss, top1, top5, images] = counts as unknown as [number, number, number, number];
    if (!Number.isFinite(loss)) throw diverged(`the loss is ${loss}`, this.config.lr);
    return { loss: loss / images, top1: top1 / images, top5: top5 / images };
  }

  /** Weights and running statistics, by the reference's names. */
  async network(): Promise<Tensors> {
    const { weights, statistics } = this.program.network;
    return {
      ...(await exportParameters(this.engine, weights)),
      ...(await exportParameters(this.engine, statistics)),
    };
  }
}

export const diverged = (what: string, lr: number): RunError =>
  new RunError(
    `training diverged: ${what}; the last checkpoint is kept; start again in another folder with a smaller --lr (now ${lr})`,
  );

/** What hears of an evaluation while it runs. */
export interface EvaluationObserver {
  /** Right before and right after the submission of a batch. */
  begin?(): void;
  end?(): void;
  /** After a batch: images done. */
  progress(done: number): void;
  /** True where the evaluation is to end without a result. */
  stop(): boolean;
}

/**
 * Evaluates the network with its running statistics on all test images; null where the observer stopped it.
 */
export async function evaluate(
  engine: Device,
  program: EvaluationProgram,
  images: number,
  observer: EvaluationObserver,
): Promise<EvaluationResult | null> {
  const { feed, counts } = program;
  const settle = throttle(engine);
  const live = new Uint32Array(1);
  engine.submit(program.clearCounts);
  const batches = feed.testBatches(engine);
  try {
    for (let done = 0; done < images;) {
      const { size, live: counted } = await batches.next();
      await settle();
      observer.begin?.();
      live[0] = counted;
      engine.write(counts.live, live);
      engine.submit(program.evaluate);
      observer.end?.();
      done += size;
      observer.progress(done);
      if (observer.stop()) return null;
    }
  } finally {
    batches.close();
  }
  const { confusion, totals, losses } = counts;
  const [confused, sums, lost] = await download(engine, confusion, totals, losses);
  return summarizeCounts(confused as Uint32Array, sums as Uint32Array, lost as Float32Array);
}
