// Trains a small network on the 1,000 images of CIFAR-10 that come with the package, and counts what it gets right on
// 250 others.

import { hostPlatform, loadImages, openEngine } from 'nat-webgpu/engine';
import {
  adam,
  conv,
  dense,
  evaluate,
  fit,
  globalPool,
  network,
  norm,
  relu,
  sequence,
} from 'nat-webgpu/engine';

const engine = await openEngine();
const { train, test } = await loadImages(await hostPlatform(), 'sample');

const small = network(
  [3, 32, 32],
  sequence(
    conv(16, { stride: 2 }),
    norm(),
    relu(),
    conv(32, { stride: 2 }),
    norm(),
    relu(),
    globalPool(),
    dense(10),
  ),
);

const { model } = await fit({
  engine,
  network: small,
  images: train,
  epochs: 3,
  optimizer: adam({ lr: 0.01 }),
  onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(3)}`),
});
const { top1 } = await evaluate(model, test);
console.log(`accuracy on test images ${(100 * top1).toFixed(1)}%`);
engine.destroy();
