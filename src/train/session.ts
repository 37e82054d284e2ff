// A training on a GPU: one step, the evaluation of all test images, and what is read back of them.
import type { Adapter, Device } from '../../runtime/engine/engine.ts';
import { exportParameters } from '../nn/weight_files.ts';
import type { Network } from '../nn/network.ts';
import type { Tensors } from '../io/safetensors.ts';
import { type Plan, planRecording } from '../core/plan.ts';
import { runSteps } from '../core/step.ts';
import { download } from '../core/transfer.ts';
import { diverged } from '../run/diverged.ts';
import type { TrainConfig } from './config.ts';
import { type EvaluationResult, summarizeCounts } from './evaluation.ts';
import type { Batch, TrainingImages } from './images.ts';
import {
  type EvaluationProgram,
  largestReadback,
  recordEvaluation,
  recordTraining,
  type TrainProgram,
} from './program.ts';
import { countPaths } from './regularisation.ts';
import { throttle } from '../run/throttle.ts';

export interface TrainPlan extends Plan<TrainProgram> {
  readonly config: TrainConfig;
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
  const paths = config.dropPath > 0 ? countPaths(build()) : 0;
  const plan = planRecording(adapter, (engine) => recordTraining(engine, build(), data, config, paths), {
    largestReadback,
  });
  return { ...plan, config, paths };
}

/** Likewise for an evaluation alone. */
export const planEvaluation = (
  adapter: Adapter,
  build: () => Network,
  data: TrainingImages,
  batch: number,
): Plan<EvaluationProgram> =>
  planRecording(adapter, (engine) => recordEvaluation(engine, build(), data, batch), {
    largestReadback: ({ counts }) => counts.confusion.bytes,
  });

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

  /** Records the plan's program on the device, brings the images there and initialises the network. */
  static async open(engine: Device, plan: TrainPlan): Promise<TrainSession> {
    const program = await plan.record(engine);
    runSteps(engine, program.initialise);
    engine.reserveReadback(largestReadback(program));
    return new TrainSession(engine, plan.config, program);
  }

  /** One step; see `TrainProgram`. */
  step(batch: Batch, number: number, lr: number, keep: number): void {
    runSteps(this.engine, this.program.step(batch, number, lr, keep));
  }

  /** Reads the counts of the steps and begins them anew. Throws RunError where training has diverged. */
  async takeStepMetrics(): Promise<StepMetrics> {
    const { metrics } = this.program;
    const [counts] = await download(this.engine, metrics);
    this.engine.write(metrics, new Float32Array(4));
    const [loss, top1, top5, images] = counts as unknown as [number, number, number, number];
    if (!Number.isFinite(loss)) {
      throw diverged(`training diverged: the loss is ${loss}`, `a smaller --lr (now ${this.config.lr})`);
    }
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
  runSteps(engine, program.clearCounts);
  const batches = feed.testBatches();
  try {
    for (let done = 0; done < images;) {
      const batch = await batches.next();
      await settle();
      observer.begin?.();
      runSteps(engine, program.evaluate(batch));
      observer.end?.();
      done += batch.size;
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
