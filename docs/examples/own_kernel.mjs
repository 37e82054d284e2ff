// An op of one's own: Swish, y = x / (1 + exp(-x)), as WGSL for an element of it and of its gradient. That is compared
// with finite differences, and then the op stands in a network that learns.

import { adam, conv, dense, fit, flatten, layer, network, openEngine, sequence } from 'nat-webgpu/engine';
import { checkGradients, defineKernelOp } from 'nat-webgpu/engine';

const swish = defineKernelOp({
  name: 'swish',
  inputs: ['x'],
  forward: 'y[i] = x[i] / (1.0 + exp(-x[i]));',
  gradients: {
    x: `
      let s = 1.0 / (1.0 + exp(-x[i]));
      grad_x[i] = grad_y[i] * s * (1.0 + x[i] * (1.0 - s));`,
  },
});

const engine = await openEngine();
const { error } = await checkGradients(engine, swish, { x: [2, 3, 5] });
console.log(`largest error of the gradient: ${error.toExponential(1)}`);

// images of 4x4 pixels, bright above or below
const images = Uint8Array.from({ length: 64 * 16 }, (_, i) => (i % 32 < 16 === i % 16 < 8 ? 200 : 30));
const labels = Uint8Array.from({ length: 64 }, (_, n) => n % 2);
const activation = layer((tape, x) => tape.apply(swish, { x }));
await fit({
  engine,
  network: network([1, 4, 4], sequence(conv(4), activation, flatten(), dense(2))),
  images: { images, labels },
  epochs: 8,
  optimizer: adam({ lr: 0.02 }),
  onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(3)}`),
});
engine.destroy();
