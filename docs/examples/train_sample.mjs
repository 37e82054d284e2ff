// Trains a small network on the 1,000 images of CIFAR-10 that come with the package, and counts what it gets right.

import {
  commandsOnly,
  conv,
  createTensor,
  dense,
  directAllocator,
  download,
  hostPlatform,
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

const BATCH = 50;
const EPOCHS = 3;

const engine = await openEngine();
const { train } = await loadImages(await hostPlatform(), 'sample');

// Weights, and the layers that use them: functions that record on a tape.
const weights = new ParameterStore('weights', true);
const b = { weights, statistics: null, affine: true };
const features = sequence(
  conv(b, 'conv1', 3, 16, { kernel: 3, stride: 2 }),
  norm(b, 'norm1', 16),
  conv(b, 'conv2', 16, 32, { kernel: 3, stride: 2, relu: true }),
  norm(b, 'norm2', 32),
);
const classifier = dense(b, 'classifier', 32, 10);
weights.allocate(engine);

// Forward and backward, recorded once and then run for every batch.
const images = createTensor(engine, 'images', [BATCH, 3, 32, 32]);
const target = createTensor(engine, 'targets', [BATCH], 'i32');
const feed = recordFeed(engine, { images: train.labels.length, batch: BATCH, imageSize: 32 }, images, target);
const memory = directAllocator(engine);
const tape = new Tape({ engine, activations: memory, scratch: memory });
const active = tape.apply(ops.add, { a: features(tape, images), b: null }, { relu: true });
const logits = classifier(tape, tape.apply(ops.globalAvgPool, { x: active }));
const loss = tape.apply(ops.crossEntropy, { logits, target }, { labelSmoothing: 0 });
tape.seed(loss, upload(engine, 'one', [1], new Float32Array([1])));
tape.backward();
const gradients = commandsOnly(tape.take());
const sgd = recordSgd(engine, weights, { momentum: 0.9, weightDecay: 3e-4 });
const clear = commandsOnly(weights.grads ? [engine.recordClear(weights.grads)] : []);

runSteps(engine, commandsOnly(recordInitialisation(engine, weights, 1, 0)), feed.load(train));
for (let epoch = 1; epoch <= EPOCHS; epoch++) {
  let sum = 0;
  for (let at = 0; at < train.labels.length; at += BATCH) {
    const batch = Int32Array.from({ length: BATCH }, (_, i) => at + i);
    runSteps(engine, feed.batch(batch, null), clear, gradients, sgd.step(0.05));
    const [value] = await download(engine, loss);
    sum += value?.[0] ?? NaN;
  }
  console.log(`epoch ${epoch}: loss ${(sum / (train.labels.length / BATCH)).toFixed(3)}`);
}
engine.destroy();
