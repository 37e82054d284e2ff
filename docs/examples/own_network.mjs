// A network of one's own learns the 1,000 images of CIFAR-10 that come with the package, is saved and opened again, and
// says what it sees on images that it was not trained with.

import { CLASS_NAMES, evaluate, fit, hostPlatform, loadImages, network, openEngine } from 'nat-webgpu/engine';
import { conv, dense, dropout, globalPool, maxPool, norm, relu, sequence } from 'nat-webgpu/engine';
import { openModel, predict, saveModel, sgd } from 'nat-webgpu/engine';

const engine = await openEngine();
const platform = await hostPlatform();
const { train, test } = await loadImages(platform, 'sample');

/** @param {number} channels */
const block = (channels) => sequence(conv(channels), norm(), relu());
const small = network(
  [3, 32, 32],
  sequence(block(16), maxPool(), block(32), maxPool(), block(64), globalPool(), dropout(0.1), dense(10)),
);

const { model } = await fit({
  engine,
  network: small,
  images: train,
  epochs: 3,
  optimizer: sgd({ lr: 0.1, nesterov: true, weightDecay: 5e-4 }),
  augmentation: { padding: 4, flip: true, cutout: 0 },
  onEpoch: ({ epoch, loss, accuracy }) =>
    console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(3)}, accuracy ${(100 * accuracy).toFixed(1)}%`),
});
console.log(`accuracy on test images: ${(100 * (await evaluate(model, test)).top1).toFixed(1)}%`);
await platform.files.writeAtomic('own_network.safetensors', await saveModel(model));

const weights = await platform.files.readBytes('own_network.safetensors');
const opened = openModel({ engine, network: small, weights });
const { classes } = await predict(opened, test.images.subarray(0, 5 * 3 * 32 * 32));
console.log(`five images: ${[...classes].map((k) => CLASS_NAMES[k]).join(', ')}`);
engine.destroy();
