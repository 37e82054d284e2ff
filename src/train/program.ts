// Everything a training runs, recorded as a whole on one engine: the step (feed, network forward and backward,
// optimizer) and the evaluation of a batch. Assembled first on an engine that only counts (the plan), then on the
// GPU. One step and one evaluation never run at the same time, so they share their memory.
import type { Command, Engine, Region } from '../../runtime/engine/engine.ts';
import { SlotAllocator } from '../core/allocator.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import type { Network } from '../nn/network.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import {
  allocateEvaluationCounts,
  type EvaluationCounts,
  recordEvaluationCounts,
} from '../ops/loss/evaluation_counts.ts';
import { recordSgd, type Sgd } from '../optim/sgd.ts';
import { Tape } from '../core/tape.ts';
import { trainingTape } from '../double/double_tape.ts';
import { type Tensor, tensorAt } from '../core/tensor.ts';
import { largestPiece } from '../core/transfer.ts';
import type { TrainConfig } from './config.ts';
import type { ImageFeed, TrainingImages } from './images.ts';
import { recordRegularisation, type Regularisation } from './regularisation.ts';

/** What evaluates a network. */
export interface EvaluationProgram {
  readonly network: Network;
  readonly feed: ImageFeed;
  readonly counts: EvaluationCounts;
  /** Adds the batch in place to the counts. */
  readonly evaluate: readonly Command[];
  readonly clearCounts: readonly Command[];
}

export interface TrainProgram extends EvaluationProgram {
  readonly sgd: Sgd;
  readonly regularisation: Regularisation;
  /** Loss sum, top-1 hits, top-5 hits and images since it was last cleared. */
  readonly meter: Tensor;
  /** Weights of the losses of the classifier and of the auxiliary head. */
  readonly lossWeights: readonly [Tensor, Tensor];
  /** One step, after the feed and the optimizer have been told what comes. */
  readonly step: readonly Command[];
  /** Gives the weights and the running statistics their first values. */
  readonly initialise: readonly Command[];
}

/** A program and the memory that it was recorded in. */
export interface Recorded<P> {
  readonly program: P;
  readonly activations: SlotAllocator;
  readonly scratch: SlotAllocator;
}

interface Parts {
  readonly evaluation: EvaluationProgram;
  readonly place: { readonly images: Tensor; readonly targets: Tensor };
  readonly activations: SlotAllocator;
  readonly scratch: SlotAllocator;
}

/** Makes a network's memory and records its evaluation. */
function assemble(
  engine: Engine,
  network: Network,
  data: TrainingImages,
  batch: number,
  training: boolean,
  plan?: Recorded<unknown>,
): Parts {
  network.weights.allocate(engine);
  network.statistics.allocate(engine);
  const size = network.imageSize;
  const fresh = (label: string, shape: readonly number[], dtype: 'f32' | 'i32'): Tensor =>
    tensorAt(engine.createBuffer(label, 4 * shape.reduce((a, b) => a * b, 1)), 0, shape, dtype);
  const images = fresh('images', [batch, 3, size, size], 'f32');
  const targets = fresh('targets', [batch], 'i32');
  const place = { images, targets };
  const feed = data.record(engine, place, training);
  const counts = allocateEvaluationCounts(engine, network.classes);
  const activations = new SlotAllocator('activations', engine, plan?.activations);
  const scratch = new SlotAllocator('scratch', engine, plan?.scratch);
  const tape = new Tape({ engine, activations, scratch, training: false, batchStatistics: false });
  const { logits } = network.forward(tape, images);
  recordEvaluationCounts(tape, logits, targets, counts);
  const evaluate = [...feed.test, ...tape.take()];
  const { confusion, totals, losses } = counts;
  const clearCounts = [confusion, totals, losses].map((x) => engine.recordClear(x));
  activations.reset();
  scratch.reset();
  return {
    evaluation: { network, feed, counts, evaluate, clearCounts },
    place,
    activations,
    scratch,
  };
}

/** Records what evaluates a trained network. `plan` is what the same call returned on an engine that only counts. */
export function assembleEvaluation(
  engine: Engine,
  network: Network,
  data: TrainingImages,
  batch: number,
  plan?: Recorded<EvaluationProgram>,
): Recorded<EvaluationProgram> {
  const { evaluation, activations, scratch } = assemble(engine, network, data, batch, false, plan);
  return { program: evaluation, activations, scratch };
}

/**
 * Records a training.
 * @param paths droppable paths of the network: regularisation.ts counts them
 */
export function assembleTraining(
  engine: Engine,
  network: Network,
  data: TrainingImages,
  config: TrainConfig,
  paths: number,
  plan?: Recorded<TrainProgram>,
): Recorded<TrainProgram> {
  const { evaluation, place, activations, scratch } = assemble(
    engine,
    network,
    data,
    config.batch,
    true,
    plan,
  );
  const { images, targets } = place;
  const scalar = (label: string, count: number): Tensor =>
    tensorAt(engine.createBuffer(label, 4 * count), 0, [count]);
  const meter = scalar('counts of steps', 4);
  const lossWeights = [scalar('loss weight', 1), scalar('auxiliary loss weight', 1)] as const;

  const regularisation = recordRegularisation(engine, paths, config);
  const tape = trainingTape(network, images, { engine, activations, scratch });
  const { logits, auxiliary } = network.forward(tape, images, regularisation.context);
  const { labelSmoothing } = config;
  const heads: [Tensor | null, { labelSmoothing: number; metrics?: Tensor }][] = [
    [logits, { labelSmoothing, metrics: meter }],
    [auxiliary, { labelSmoothing }],
  ];
  heads.forEach(([scores, attrs], i) => {
    if (!scores) return;
    const loss = tape.apply(crossEntropy, { logits: scores, target: targets }, attrs);
    tape.seed(loss, lossWeights[i as 0 | 1]);
  });
  tape.backward();
  const { weights, statistics } = network;
  const { momentum, weightDecay, clip } = config;
  const sgd = recordSgd(engine, weights, { momentum, weightDecay, ...(clip > 0 ? { maxNorm: clip } : {}) });
  const step = [
    engine.recordClear(weights.grads!),
    ...evaluation.feed.train,
    ...regularisation.commands(),
    ...tape.take(),
    ...sgd.commands,
  ];
  const initialise = [
    ...recordInitialisation(engine, weights, config.seed, 0),
    ...recordInitialisation(engine, statistics, config.seed, 1),
  ];
  const program = { ...evaluation, sgd, regularisation, meter, lossWeights, step, initialise };
  return { program, activations, scratch };
}

/** Everything that a step changes, by name: what a checkpoint holds. */
export const stateRegions = ({ network, sgd, meter }: TrainProgram): Readonly<Record<string, Region>> => ({
  weights: network.weights.values,
  statistics: network.statistics.values,
  velocity: sgd.velocity,
  counts: meter,
});

/** The largest readback that a training makes. */
export function largestReadback(program: TrainProgram): number {
  const { confusion, totals, losses } = program.counts;
  const counts = confusion.bytes + totals.bytes + losses.bytes;
  return Math.max(counts, largestPiece(Object.values(stateRegions(program))));
}
