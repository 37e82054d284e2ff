// A program as a user of the library writes it, in Node, in Deno and in a page: a small network learns one batch of the
// sample by heart.

import { hostPlatform, loadBenchmarkTable } from 'nat-webgpu';
import {
  commandsOnly,
  conv,
  createTensor,
  dense,
  directAllocator,
  download,
  exportParameters,
  loadImages,
  norm,
  openEngine,
  ops,
  ParameterStore,
  recordFeed,
  recordInitialisation,
  recordSgd,
  runSteps,
  sequence,
  Tape,
  upload,
} from 'nat-webgpu/engine';

const BATCH = 16;
const STEPS = 6;

/**
 * What it saw.
 * @param {string} [adapter]
 */
export async function learnByHeart(adapter) {
  const engine = await openEngine(adapter ? { name: adapter } : {});
  const platform = await hostPlatform();
  const { train } = await loadImages(platform, 'sample');
  const { test200 } = await loadBenchmarkTable(platform);

  // The network's weights, and its layers as functions that record on a tape.
  const weights = new ParameterStore('weights', true);
  const b = { weights, statistics: null, affine: true };
  const features = sequence(
    conv(b, 'conv1', 3, 8, { kernel: 3, stride: 2 }),
    norm(b, 'norm1', 8),
    conv(b, 'conv2', 8, 16, { kernel: 3, stride: 2, relu: true }),
    norm(b, 'norm2', 16),
  );
  const classifier = dense(b, 'classifier', 16, 10);
  weights.allocate(engine);

  // Forward and backward, recorded once.
  const images = createTensor(engine, 'images', [BATCH, 3, 32, 32]);
  const target = createTensor(engine, 'targets', [BATCH], 'i32');
  const feed = recordFeed(engine, { images: 1000, batch: BATCH, imageSize: 32 }, images, target);
  const memory = directAllocator(engine);
  const tape = new Tape({ engine, activations: memory, scratch: memory });
  const active = tape.apply(ops.add, { a: features(tape, images), b: null }, { relu: true });
  const logits = classifier(tape, tape.apply(ops.globalAvgPool, { x: active }));
  const loss = tape.apply(ops.crossEntropy, { logits, target }, { labelSmoothing: 0 });
  tape.seed(loss, upload(engine, 'one', [1], new Float32Array([1])));
  tape.backward();
  const gradients = commandsOnly(tape.take());
  const sgd = recordSgd(engine, weights, { momentum: 0.9, weightDecay: 0 });
  const clear = commandsOnly(weights.grads ? [engine.recordClear(weights.grads)] : []);
  const initialise = commandsOnly(recordInitialisation(engine, weights, 1234, 0));

  const indices = Int32Array.from({ length: BATCH }, (_, i) => i);
  runSteps(engine, initialise, feed.load(train), feed.batch(indices, null));
  const losses = [];
  for (let i = 0; i < STEPS; i++) {
    runSteps(engine, clear, gradients, sgd.step(0.1));
    const [value] = await download(engine, loss);
    losses.push(value?.[0]);
  }
  const tensors = await exportParameters(engine, weights);
  const { data } = tensors['conv1.weight'] ?? { data: [] };
  const { kind, name } = engine.info;
  engine.destroy();
  return {
    runtime: platform.runtime,
    kind,
    name,
    cells: test200.length,
    losses,
    weights: Array.from(data, Number),
  };
}
