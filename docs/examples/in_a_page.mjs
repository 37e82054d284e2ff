// The module of a page: a network of one layer learns to tell left from right on the browser's GPU. Bundle it, for example
// with `esbuild in_a_page.mjs --bundle --format=esm --outfile=page.js`; nothing else is needed beside it.

import { dense, evaluate, fit, flatten, network, openEngine, sequence, sgd } from 'nat-webgpu/engine';

// Images of 4x4 pixels with one column lit: one of the left half, class 0, or of the right half, class 1.
const columns = [0, 1, 2, 3];
const images = {
  images: Float32Array.from(
    columns.flatMap((lit) => columns.flatMap(() => columns.map((c) => Number(c === lit)))),
  ),
  labels: columns.map((lit) => (lit < 2 ? 0 : 1)),
};

const engine = await openEngine();
const { model } = await fit({
  engine,
  network: network([1, 4, 4], sequence(flatten(), dense(2))),
  images,
  batch: 4,
  epochs: 50,
  optimizer: sgd({ lr: 0.5 }),
});
const { top1 } = await evaluate(model, images);
const result = document.createElement('pre');
result.textContent = `accuracy ${top1} on ${engine.info.name}`;
document.body.append(result);
engine.destroy();
