// A program as a user of the library writes it, in Node, in Deno and in a page: a small network learns one batch of the
// sample by heart.

import { hostPlatform, loadBenchmarkTable } from 'nat-webgpu';
import {
  conv,
  dense,
  exportParameters,
  fit,
  globalPool,
  loadImages,
  network,
  norm,
  openEngine,
  relu,
  sequence,
  sgd,
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

  const small = network(
    [3, 32, 32],
    sequence(
      conv(8, { stride: 2 }),
      norm(),
      relu(),
      conv(16, { stride: 2 }),
      norm(),
      relu(),
      globalPool(),
      dense(10),
    ),
  );
  /** @type {number[]} */
  const losses = [];
  const images = { images: train.images.slice(0, BATCH * 3072), labels: train.labels.slice(0, BATCH) };
  const { model } = await fit({
    engine,
    network: small,
    images,
    batch: BATCH,
    epochs: STEPS,
    optimizer: sgd({ lr: 0.1 }),
    schedule: () => 1,
    seed: 1234,
    onStep: ({ loss }) => void losses.push(loss),
  });
  const { '0.weight': weight } = await exportParameters(engine, model.network.weights);
  const { kind, name } = engine.info;
  engine.destroy();
  return {
    runtime: platform.runtime,
    kind,
    name,
    cells: test200.length,
    losses,
    weights: Array.from(weight?.data ?? [], Number),
  };
}
