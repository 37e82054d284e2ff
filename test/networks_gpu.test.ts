// Networks on the GPU: logits against plain float64 networks written from the papers, gradients against central
// differences of the loss, and the running statistics of a training step.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import type { TensorData } from '../src/io/safetensors.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import type { Network } from '../src/nn/network.ts';
import { exportParameters, importParameters } from '../src/nn/weight_files.ts';
import { crossEntropy } from '../src/ops/loss/cross_entropy.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { download, upload } from '../src/core/transfer.ts';
import { testEngine } from './support/device.ts';
import { near } from './support/near.ts';
import { normal } from './support/op_inputs.ts';
import { conv, imageOf, mobileNetV2, type Named, resNetCifar, vgg16 } from './support/plain_network.ts';

const CLASSES = 5;
const BATCH = 2;

const normals = (rng: Rng, length: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, () => normal(rng));

/** A network with its initial weights and with running statistics as if it had been trained. */
async function prepare(engine: GpuEngine, name: string, imageSize: number, seed: number, place?: string) {
  const options = { imageSize, classes: CLASSES, ...(place ? { network: place } : {}) };
  const network = requireNetwork(name, 'cifar10', options);
  const { weights, statistics } = network;
  weights.allocate(engine);
  statistics.allocate(engine);
  engine.submit([
    ...recordInitialisation(engine, weights, seed, 0),
    ...recordInitialisation(engine, statistics, seed, 1),
  ]);
  const rng = createRng(seed, 7);
  const trained: Record<string, TensorData> = await exportParameters(engine, statistics);
  for (const [key, { data }] of Object.entries(trained)) {
    const values = data as Float32Array;
    for (let i = 0; i < values.length; i++) values[i] = 0.1 * normal(rng) + (key.endsWith('var') ? 1 : 0);
  }
  importParameters(engine, statistics, trained, 'test');
  const values = normals(rng, BATCH * 3 * imageSize * imageSize);
  const images = upload(engine, 'images', [BATCH, 3, imageSize, imageSize], values);
  const named = { ...(await exportParameters(engine, weights)), ...trained } as unknown as Named;
  return { network, images, values, named };
}

function tapeOn(engine: GpuEngine, options: { training: boolean; batchStatistics: boolean }): Tape {
  const allocator = directAllocator(engine);
  return new Tape({ engine, activations: allocator, scratch: allocator, ...options });
}

const REFERENCES: Readonly<Record<string, (named: Named, x: ReturnType<typeof imageOf>) => number[]>> = {
  ResNet20: (named, x) => resNetCifar(3, named, x, false),
  NAT_ResNet20: (named, x) => resNetCifar(3, named, x, true),
  VGG16: (named, x) => vgg16(named, x, false),
  NAT_VGG16: (named, x) => vgg16(named, x, true),
  MobileNetV2: (named, x) => mobileNetV2(named, x, false),
  NAT_MobileNetV2: (named, x) => mobileNetV2(named, x, true),
};

for (const [name, reference] of Object.entries(REFERENCES)) {
  test(`networks: logits of ${name} are those of the plain network`, async () => {
    const engine = await testEngine();
    const size = 16;
    const { network, images, values, named } = await prepare(engine, name, size, 5);
    const tape = tapeOn(engine, { training: false, batchStatistics: false });
    const { logits } = network.forward(tape, images);
    engine.submit(tape.take());
    const [got] = await download(engine, logits);
    const want = Array.from({ length: BATCH }, (_, n) => reference(named, imageOf(values, n, size))).flat();
    near(got!, want, 1e-4, name);
  });
}

test('networks: another graph of the same blocks computes the same logits', async () => {
  const engine = await testEngine();
  const all: ArrayLike<number>[] = [];
  for (const [name, network] of [
    ['ResNet20', undefined],
    ['ResBlock_2', 'ResNet20'],
    ['ResBlock_3', 'ResNet20'],
  ] as const) {
    const prepared = await prepare(engine, name, 16, 4, network);
    const tape = tapeOn(engine, { training: false, batchStatistics: false });
    const { logits } = prepared.network.forward(tape, prepared.images);
    engine.submit(tape.take());
    all.push((await download(engine, logits))[0]!);
  }
  near(all[1]!, all[0]!, 1e-6, 'ResBlock_2');
  near(all[2]!, all[0]!, 1e-6, 'ResBlock_3');
});

/** Records the mean cross-entropy, forward and, if training, backward. */
function recordLoss(engine: GpuEngine, network: Network, images: Tensor, target: Tensor, training: boolean) {
  const tape = tapeOn(engine, { training, batchStatistics: true });
  const { logits } = network.forward(tape, images);
  const loss = tape.apply(crossEntropy, { logits, target }, { labelSmoothing: 0 });
  if (training) {
    tape.seed(loss, upload(engine, 'loss gradient', [1], new Float32Array([1])));
    tape.backward();
  }
  const commands = tape.take();
  return async (): Promise<number> => {
    engine.submit([engine.recordClear(network.weights.grads)], commands);
    const [value] = await download(engine, loss);
    return value![0]!;
  };
}

for (const name of ['ResNet20', 'NAT_ResNet20', 'NAT_MobileNetV2']) {
  test(`networks: the gradient of ${name} is the slope of its loss`, async () => {
    const engine = await testEngine();
    const { network, images } = await prepare(engine, name, 16, 9);
    const target = upload(engine, 'target', [BATCH], new Int32Array([1, 3]));
    const { weights } = network;
    await recordLoss(engine, network, images, target, true)();
    const [start, grads] = [
      await exportParameters(engine, weights),
      await exportParameters(engine, weights, 'grads'),
    ];
    let norm2 = 0;
    for (const [key, { data }] of Object.entries(grads)) {
      assert.ok((data as Float32Array).every(Number.isFinite), `${key} is finite`);
      for (const g of data as Float32Array) norm2 += g * g;
    }
    // Along the gradient, so that the change of the loss is as large as it can be for a step of that length.
    const lossAt = recordLoss(engine, network, images, target, false);
    const step = 5e-4 / Math.sqrt(norm2);
    const at = async (sign: number): Promise<number> => {
      const moved = Object.fromEntries(
        Object.entries(start).map(([key, x]) => {
          const g = grads[key]!.data as Float32Array;
          const data = (x.data as Float32Array).map((v, i) => v + sign * step * g[i]!);
          return [key, { ...x, data } as TensorData];
        }),
      );
      importParameters(engine, weights, moved, 'test');
      return lossAt();
    };
    const slope = ((await at(1)) - (await at(-1))) / (2 * step);
    near([slope], [norm2], 0.02, name);
  });
}

test('networks: a training step moves the running statistics a tenth of the way to the batch', async () => {
  const engine = await testEngine();
  const size = 16;
  const { network, images, values: pixels, named } = await prepare(engine, 'ResNet20', size, 3);
  const tape = tapeOn(engine, { training: true, batchStatistics: true });
  const { logits } = network.forward(tape, images);
  engine.submit(tape.take());
  const [values] = await download(engine, logits);
  assert.ok(values!.every(Number.isFinite));
  const after = await exportParameters(engine, network.statistics);

  const plain = [0, 1].map((n) => conv(imageOf(pixels, n, size), named['stem.0.conv.weight']!, 1));
  const channels = Array.from({ length: 16 }, (_, c) =>
    plain.flatMap(({ data }) => Array.from(data.subarray(c * size * size, (c + 1) * size * size))),
  );
  const means = channels.map((v) => v.reduce((a, b) => a + b) / v.length);
  const variances = channels.map((v, c) => {
    return v.reduce((sum, x) => sum + (x - means[c]!) ** 2, 0) / (v.length - 1);
  });
  const moved = (what: string, batch: readonly number[]): number[] =>
    batch.map((b, c) => 0.9 * named[`stem.0.bn.${what}`]!.data[c]! + 0.1 * b);
  for (const [what, batch] of Object.entries({ running_mean: means, running_var: variances })) {
    near(after[`stem.0.bn.${what}`]!.data as Float32Array, moved(what, batch), 1e-5, what);
  }
  for (const [key, { data }] of Object.entries(after)) {
    const before = named[key]!.data;
    assert.ok(
      (data as Float32Array).every((v, i) => Number.isFinite(v) && v !== before[i]),
      key,
    );
  }
});

test.run();
