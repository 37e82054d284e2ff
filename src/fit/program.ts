// A training step, recorded as a whole: batch, forward and backward pass, update of the weights.
import { trainingTape } from '../nn/network.ts';
import type { Region } from '../../runtime/engine/engine.ts';
import { createTensor, SlotAllocator } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, inOrder, type Step, writesOnly } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import { recordRegularisation } from '../train/regularisation.ts';
import type { RecordedBatches, TrainingBatches } from './batches.ts';
import type { Model } from './model.ts';
import type { Optimizer } from './optimizers.ts';

export interface FitProgram {
  /** What fills the place of a batch. */
  readonly batches: RecordedBatches;
  /** Loss sum, top-1 hits, top-5 hits and images since it was last cleared. */
  readonly metrics: Tensor;
  /** What the optimizer remembers. */
  readonly optimizer: Readonly<Record<string, Region>>;
  /** Writes what never changes, the images that stay on the device among them. */
  readonly begin: Step;
  /** One update of the weights with what `fill` puts in place; `number` counts steps from 0. */
  step(fill: Step, number: number, lr: number): Step;
}

export interface ProgramSettings {
  readonly batch: number;
  readonly seed: number;
  readonly optimizer: Optimizer;
  readonly labelSmoothing: number;
}

/** Records the training of a model, whose memory is made. */
export function recordFit(
  engine: PlannedEngine,
  { network, format }: Model,
  given: TrainingBatches,
  { batch, seed, optimizer, labelSmoothing }: ProgramSettings,
): FitProgram {
  const { weights } = network;
  const images = createTensor(engine, 'images', [batch, ...format.shape]);
  const targets = createTensor(engine, 'targets', [batch], 'i32');
  const batches = given.record(engine, { images, targets });
  const metrics = createTensor(engine, 'counts of steps', [4]);
  const lossWeight = createTensor(engine, 'loss weight', [1]);
  const activations = new SlotAllocator('activations', engine);
  const scratch = new SlotAllocator('scratch', engine);
  const tape = trainingTape(network, images, { engine, activations, scratch });
  const regularisation = recordRegularisation(engine, 0, { seed, batch });
  const { logits } = network.forward(tape, images, regularisation.context);
  const loss = tape.apply(crossEntropy, { logits, target: targets }, { labelSmoothing, metrics });
  tape.seed(loss, lossWeight);
  tape.backward();
  const gradients = commandsOnly(tape.take());
  const clearGradients = commandsOnly([engine.recordClear(weights.grads)]);
  const update = optimizer.record(engine, weights);
  return {
    batches,
    metrics,
    optimizer: update.state,
    begin: inOrder(batches.load, writesOnly({ region: lossWeight, data: Float32Array.of(1) })),
    step: (fill, number, lr) =>
      inOrder(clearGradients, fill, regularisation.draw(1, number), gradients, update.step(lr, number + 1)),
  };
}
