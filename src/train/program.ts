// Everything a training runs, recorded as a whole on one engine: the step (feed, network forward and backward,
// optimizer) and the evaluation of a batch. One step and one evaluation never run at the same time, so they share their
// memory.
import type { Region } from '../../runtime/engine/engine.ts';
import { createTensor, SlotAllocator } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, inOrder, type Step, writesOnly } from '../core/step.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import { type Network, trainingTape } from '../nn/network.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import {
  allocateEvaluationCounts,
  type EvaluationCounts,
  recordEvaluationCounts,
} from '../ops/loss/evaluation_counts.ts';
import { recordSgd, type Sgd } from '../optim/sgd.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { largestPiece } from '../core/transfer.ts';
import type { TrainConfig } from './config.ts';
import type { Batch, BatchPlace, ImageFeed, TrainingImages } from './images.ts';
import { recordRegularisation } from './regularisation.ts';

/** What evaluates a network. */
export interface EvaluationProgram {
  readonly network: Network;
  readonly feed: ImageFeed;
  readonly counts: EvaluationCounts;
  /** Evaluates a batch and adds it to the counts. */
  evaluate(batch: Batch): Step;
  readonly clearCounts: Step;
}

export interface TrainProgram extends EvaluationProgram {
  readonly sgd: Sgd;
  /** Loss sum, top-1 hits, top-5 hits and images since it was last cleared. */
  readonly metrics: Tensor;
  /**
   * One update of the weights.
   * @param number of the step, from 0 over the whole run
   * @param keep probability of keeping a droppable path
   */
  step(batch: Batch, number: number, lr: number, keep: number): Step;
  /** Writes what never changes, and gives the weights and the running statistics their first values. */
  readonly initialise: Step;
}

/** What evaluation and training share. */
interface Shared {
  readonly evaluation: EvaluationProgram;
  readonly place: BatchPlace;
  readonly activations: SlotAllocator;
  readonly scratch: SlotAllocator;
}

/** Makes a network's memory and records its evaluation. */
function recordShared(
  engine: PlannedEngine,
  network: Network,
  data: TrainingImages,
  batch: number,
  training: boolean,
): Shared {
  network.weights.allocate(engine);
  network.statistics.allocate(engine);
  const { imageChannels, imageSize: size } = network;
  const images = createTensor(engine, 'images', [batch, imageChannels, size, size]);
  const targets = createTensor(engine, 'targets', [batch], 'i32');
  const place = { images, targets };
  const feed = data.record(engine, place, training);
  const counts = allocateEvaluationCounts(engine, network.classes);
  const activations = new SlotAllocator('activations', engine);
  const scratch = new SlotAllocator('scratch', engine);
  const tape = new Tape({ engine, activations, scratch, training: false, batchStatistics: false });
  const { logits } = network.forward(tape, images);
  recordEvaluationCounts(tape, logits, targets, counts);
  const commands = commandsOnly(tape.take());
  const { confusion, totals, losses } = counts;
  const clearCounts = commandsOnly([confusion, totals, losses].map((x) => engine.recordClear(x)));
  activations.reset();
  scratch.reset();
  const evaluate = ({ fill, live }: Batch): Step =>
    inOrder(fill, writesOnly({ region: counts.live, data: Uint32Array.of(live) }), commands);
  return { evaluation: { network, feed, counts, evaluate, clearCounts }, place, activations, scratch };
}

/** Records what evaluates a trained network. */
export const recordEvaluation = (
  engine: PlannedEngine,
  network: Network,
  data: TrainingImages,
  batch: number,
): EvaluationProgram => recordShared(engine, network, data, batch, false).evaluation;

/**
 * Records a training.
 * @param paths droppable paths of the network: regularisation.ts counts them
 */
export function recordTraining(
  engine: PlannedEngine,
  network: Network,
  data: TrainingImages,
  config: TrainConfig,
  paths: number,
): TrainProgram {
  const { evaluation, place, ...memory } = recordShared(engine, network, data, config.batch, true);
  const { images, targets } = place;
  const metrics = createTensor(engine, 'counts of steps', [4]);
  const lossWeight = createTensor(engine, 'loss weight', [1]);
  const auxiliaryLossWeight = createTensor(engine, 'auxiliary loss weight', [1]);

  const regularisation = recordRegularisation(engine, paths, config);
  const tape = trainingTape(network, images, { engine, ...memory });
  const { logits, auxiliary } = network.forward(tape, images, regularisation.context);
  const { labelSmoothing } = config;
  const loss = tape.apply(crossEntropy, { logits, target: targets }, { labelSmoothing, metrics });
  tape.seed(loss, lossWeight);
  if (auxiliary) {
    const second = tape.apply(crossEntropy, { logits: auxiliary, target: targets }, { labelSmoothing });
    tape.seed(second, auxiliaryLossWeight);
  }
  tape.backward();
  const { weights, statistics } = network;
  const { momentum, weightDecay, clip } = config;
  const sgd = recordSgd(engine, weights, { momentum, weightDecay, ...(clip > 0 ? { maxNorm: clip } : {}) });
  const clearGradients = commandsOnly([engine.recordClear(weights.grads)]);
  const gradients = commandsOnly(tape.take());
  const initialise = inOrder(
    evaluation.feed.load,
    writesOnly(
      { region: lossWeight, data: Float32Array.of(1) },
      { region: auxiliaryLossWeight, data: Float32Array.of(config.auxiliary) },
    ),
    commandsOnly(
      recordInitialisation(engine, weights, config.seed, 0),
      recordInitialisation(engine, statistics, config.seed, 1),
    ),
  );
  return {
    ...evaluation,
    sgd,
    metrics,
    step: ({ fill }, number, lr, keep) =>
      inOrder(clearGradients, fill, regularisation.draw(keep, number), gradients, sgd.step(lr)),
    initialise,
  };
}

/** Everything that a step changes, by name: what a checkpoint holds. */
export const stateRegions = ({ network, sgd, metrics }: TrainProgram): Readonly<Record<string, Region>> => ({
  weights: network.weights.values,
  statistics: network.statistics.values,
  velocity: sgd.velocity,
  counts: metrics,
});

/** The largest readback that a training makes. */
export function largestReadback(program: TrainProgram): number {
  const { confusion, totals, losses } = program.counts;
  const counts = confusion.bytes + totals.bytes + losses.bytes;
  return Math.max(counts, largestPiece(Object.values(stateRegions(program))));
}
