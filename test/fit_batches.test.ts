// Batches of arrays: bytes that stay on the device and are changed there are those that the host would send.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTensor } from '../src/core/allocator.ts';
import { createRng } from '../src/core/rng.ts';
import { runSteps } from '../src/core/step.ts';
import { arrayBatches } from '../src/fit/batches.ts';
import type { ImageArrays } from '../src/fit/images.ts';
import { fit } from '../src/fit/fit.ts';
import { evaluate } from '../src/fit/inference.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { testEngine } from './support/device.ts';
import { download } from './support/device_memory.ts';
import { near } from './support/near.ts';

const COUNT = 23;
const SIZE = 10;

/** Images of random bytes, and their classes. */
function randomBytes(channels: number) {
  const rng = createRng(7, channels);
  const images = Uint8Array.from({ length: COUNT * channels * SIZE * SIZE }, () => rng.int(256));
  return { images, labels: Uint8Array.from({ length: COUNT }, () => rng.int(5)) };
}

for (const channels of [1, 3]) {
  for (const augmentation of [null, { padding: 3, flip: true, cutout: 4 }]) {
    test(`batches: ${channels} channels, ${augmentation ? 'changed' : 'as they are'}: on the device as from the host`, async () => {
      const engine = await testEngine();
      const bytes = randomBytes(channels);
      const normalisation = {
        mean: [0.4, 0.5, 0.6].slice(0, channels),
        deviation: [0.2, 0.3, 0.25].slice(0, channels),
      };
      const format = { shape: [channels, SIZE, SIZE] as const, classes: 5, normalisation };
      const settings = { batch: 4, seed: 9, format, augmentation };
      const plane = SIZE * SIZE;
      const channelOf = (i: number): number => Math.floor(i / plane) % channels;
      // what is beyond the edge is a black byte on the device, and 0 for numbers: so numbers begin at black
      const black = normalisation.mean.map((m, c) => -m / normalisation.deviation[c]!);
      const floats = Float32Array.from(
        bytes.images,
        (v, i) => v / 255 / normalisation.deviation[channelOf(i)]!,
      );
      const place = {
        images: createTensor(engine, 'images', [4, channels, SIZE, SIZE]),
        targets: createTensor(engine, 'targets', [4], 'i32'),
      };
      const read = async (arrays: ImageArrays) => {
        const batches = arrayBatches(arrays, settings);
        assert.is(batches.steps, 5);
        const { load, epoch } = batches.record(engine, place);
        runSteps(engine, load);
        const seen: { images: number[]; targets: number[] }[] = [];
        for await (const fill of epoch(1, 2)) {
          runSteps(engine, fill);
          const images = Array.from(await download(engine, place.images));
          seen.push({ images, targets: Array.from(await download(engine, place.targets)) });
        }
        return seen;
      };
      const resident = await read(bytes);
      const sent = await read({ images: floats, labels: bytes.labels });
      assert.is(resident.length, 3);
      resident.forEach(({ images, targets }, step) => {
        assert.equal(targets, sent[step]!.targets);
        const cut = images.map((v) => v === 0);
        const expected = sent[step]!.images.map((v, i) => (cut[i] ? 0 : v + black[channelOf(i)]!));
        near(images, expected, 1e-6, `step ${step}`);
        if (augmentation) assert.ok(cut.filter(Boolean).length > 0, 'something is cut out');
      });
    });
  }
}

test('batches: bytes sent from the host are normalised as on the device', async () => {
  const engine = await testEngine();
  const { images, labels } = randomBytes(2);
  const format = {
    shape: [2, SIZE, SIZE] as const,
    classes: 5,
    normalisation: { mean: [0.1, 0.2], deviation: [0.5, 2] },
  };
  const augmentation = { padding: 2, flip: true, cutout: 0 };
  const place = {
    images: createTensor(engine, 'images', [COUNT, 2, SIZE, SIZE]),
    targets: createTensor(engine, 'targets', [COUNT], 'i32'),
  };
  const { epoch } = arrayBatches({ images, labels }, { batch: COUNT, seed: 1, format, augmentation }).record(
    engine,
    place,
  );
  for await (const fill of epoch(0, 0)) runSteps(engine, fill);
  const got = await download(engine, place.images);
  const of = (byte: number, c: number): number => Math.fround((byte / 255 - [0.1, 0.2][c]!) / [0.5, 2][c]!);
  const possible = [0, 1].map(
    (c) => new Set(Array.from({ length: 256 }, (_, byte) => of(byte, c).toFixed(5))),
  );
  got.forEach((v: number, i: number) =>
    assert.ok(possible[Math.floor(i / (SIZE * SIZE)) % 2]!.has(v.toFixed(5)), `${v}`),
  );
});

test('fit: networks of the zoo are trained, too', async () => {
  const engine = await testEngine();
  const set = randomBytes(3);
  const images = {
    images: new Uint8Array(8 * 3 * 32 * 32).map((_, i) => i * 31),
    labels: set.labels.subarray(0, 8),
  };
  const { model } = await fit({
    engine,
    network: () => requireNetwork('ResNet20', 'cifar10', { classes: 5 }),
    ...{ images, epochs: 1, batch: 4 },
  });
  assert.is((await evaluate(model, images)).images, 8);
});

test.run();
