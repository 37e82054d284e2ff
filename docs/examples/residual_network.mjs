// A residual network: a block is a function of features, which may branch and come together as it likes. The one here is
// ResNet's (He et al., 2016), with a 1x1 convolution on the shortcut where the channels change.

import { add, conv, dense, globalPool, network, norm, relu, sequence } from 'nat-webgpu/engine';
import { evaluate, fit, hostPlatform, loadImages, openEngine } from 'nat-webgpu/engine';

/** @returns {import('nat-webgpu/engine').Layer} */
const residual = (/** @type {number} */ channels, stride = 1) => {
  const body = sequence(conv(channels, { stride }), norm(), relu(), conv(channels), norm());
  const projection = sequence(conv(channels, { kernel: 1, stride }), norm());
  return (x) => relu()(add(body(x), x.shape[1] === channels ? x : projection(x)));
};

const stem = sequence(conv(16, { stride: 2 }), norm(), relu());
const small = network(
  [3, 32, 32],
  sequence(stem, residual(16), residual(32, 2), residual(64, 2), globalPool(), dense(10)),
);

const engine = await openEngine();
const { train, test } = await loadImages(await hostPlatform(), 'sample');
const { model } = await fit({
  engine,
  network: small,
  images: train,
  epochs: 2,
  onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(3)}`),
});
console.log(`${small().weights.count} weights, ${(await evaluate(model, test)).images} test images`);
engine.destroy();
