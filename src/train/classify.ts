// What a trained network says of single images, by its running statistics.
import type { Device } from '../../runtime/engine/engine.ts';
import { createTensor, SlotAllocator } from '../core/allocator.ts';
import { planRecording } from '../core/plan.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, inOrder, runSteps } from '../core/step.ts';
import { Tape } from '../core/tape.ts';
import { download } from '../core/transfer.ts';
import { CROP_AND_FLIP } from '../data/augment.ts';
import type { ImageFormat } from '../data/dataset.ts';
import { formatOf } from '../data/dataset_record.ts';
import { recordFeed } from '../data/feed.ts';
import { importParameters } from '../nn/weight_files.ts';
import type { Network } from '../nn/network.ts';
import { softmax } from '../ops/policy/softmax.ts';
import type { TrainedNetwork } from './evaluate_run.ts';
import { networkBuilder } from './network.ts';

/** A trained network on a device. */
export interface Classifier {
  /** Of the images that it takes. */
  readonly format: ImageFormat;
  /**
   * Softmax of the logits, one probability a class.
   * @param pixels bytes of one image, (C,S,S), as data sets have them
   */
  classify(pixels: Uint8Array<ArrayBuffer>): Promise<Float32Array>;
}

/** Brings a trained network to a device. Throws UserError where its weights are not those of its network. */
export async function openClassifier(
  engine: Device,
  { config, blueprint, tensors, file }: TrainedNetwork,
): Promise<Classifier> {
  const format = formatOf(config);
  const build = networkBuilder(blueprint, { ...config, auxiliary: 0 }, format);
  const program = await planRecording(engine, (planned) => record(planned, build(), format)).record(engine);
  const { network, feed, forward, probabilities } = program;
  for (const store of [network.weights, network.statistics]) importParameters(engine, store, tensors, file);
  engine.reserveReadback(probabilities.bytes);
  const first = Int32Array.of(0);
  return {
    format,
    async classify(pixels) {
      const image = { images: pixels, labels: [0] };
      runSteps(engine, inOrder(feed.load(image), feed.batch(first, null), forward));
      return (await download(engine, probabilities))[0] as Float32Array;
    },
  };
}

function record(engine: PlannedEngine, network: Network, format: ImageFormat) {
  const { imageChannels, imageSize } = network;
  network.weights.allocate(engine);
  network.statistics.allocate(engine);
  const image = createTensor(engine, 'image', [1, imageChannels, imageSize, imageSize]);
  const target = createTensor(engine, 'target', [1], 'i32');
  const feed = recordFeed(engine, { images: 1, batch: 1, ...format }, image, target, CROP_AND_FLIP, format);
  const activations = new SlotAllocator('activations', engine);
  const scratch = new SlotAllocator('scratch', engine);
  const tape = new Tape({ engine, activations, scratch, training: false, batchStatistics: false });
  const { logits } = network.forward(tape, image);
  const probabilities = tape.apply(softmax, { x: logits, mask: null });
  return { network, feed, probabilities, forward: commandsOnly(tape.take()) };
}
