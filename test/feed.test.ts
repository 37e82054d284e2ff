// The batch that the GPU cuts out of the bytes against a plain reading of what torchvision's pad, crop, flip,
// normalise and cutout do, on one shard and on several.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Augmentation, CROP_AND_FLIP } from '../src/data/augment.ts';
import { DEVIATION, MEAN } from '../src/data/cifar10.ts';
import type { ImageSet } from '../src/data/dataset.ts';
import { recordFeed } from '../src/data/feed.ts';
import { runSteps } from '../src/core/step.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { testEngine, withSmallBindings } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { near } from './support/near.ts';

const IMAGES = 11;
const BATCH = 7;

function randomSet(size: number, channels = 3): ImageSet {
  const rng = createRng(31, 0);
  return {
    images: Uint8Array.from({ length: IMAGES * channels * size * size }, () => rng.int(256)),
    labels: Uint8Array.from({ length: IMAGES }, () => rng.int(10)),
  };
}

/** The image as torchvision would give it, with the same draws in the same order. */
function expectedImage(
  set: ImageSet,
  size: number,
  index: number,
  a: Augmentation,
  rng: Rng | null,
  channels = 3,
): number[] {
  const dx = rng && a.padding > 0 ? rng.int(2 * a.padding + 1) : a.padding;
  const dy = rng && a.padding > 0 ? rng.int(2 * a.padding + 1) : a.padding;
  const flipped = rng !== null && a.flip && rng.int(2) === 1;
  const cut = rng && a.cutout > 0 ? [rng.int(size), rng.int(size)] : null;
  const padded = size + 2 * a.padding;
  const values: number[] = [];
  for (let c = 0; c < channels; c++) {
    const canvas = Array.from({ length: padded }, () => Array.from({ length: padded }, () => 0));
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        canvas[i + a.padding]![j + a.padding] = set.images[((index * channels + c) * size + i) * size + j]!;
      }
    }
    for (let i = 0; i < size; i++) {
      const row = canvas[i + dy]!.slice(dx, dx + size);
      if (flipped) row.reverse();
      row.forEach((byte, j) => {
        const half = a.cutout / 2;
        const inside =
          cut && j >= cut[0]! - half && j < cut[0]! + half && i >= cut[1]! - half && i < cut[1]! + half;
        values.push(inside ? 0 : (byte / 255 - MEAN[c]!) / DEVIATION[c]!);
      });
    }
  }
  return values;
}

const cases: readonly [
  name: string,
  size: number,
  bytesPerBinding: number,
  augmentation: Augmentation | null,
  channels?: number,
][] = [
  ['evaluation, one shard', 32, Infinity, null],
  ['crop and flip, one shard', 32, Infinity, CROP_AND_FLIP],
  ['crop and flip, four shards', 32, 3 * 3072 + 100, CROP_AND_FLIP],
  ['crop, flip and cutout', 32, Infinity, { padding: 4, flip: true, cutout: 16 }],
  ['odd size, shards of two', 7, 2 * 147 + 5, { padding: 1, flip: true, cutout: 2 }],
  ['grey, odd size, shards of three', 9, 3 * 81 + 2, { padding: 2, flip: true, cutout: 3 }, 1],
  ['cutout alone', 5, Infinity, { padding: 0, flip: false, cutout: 4 }],
];

for (const [name, size, bytesPerBinding, augmentation, channels = 3] of cases) {
  test(`feed: ${name}`, async () => {
    const engine = await testEngine();
    const set = randomSet(size, channels);
    const y = upload(
      engine,
      'batch',
      [BATCH, channels, size, size],
      'f32',
      new Float32Array(BATCH * channels * size * size),
    );
    const targets = upload(engine, 'targets', [BATCH], 'i32', new Int32Array(BATCH));
    const shape = { images: IMAGES, batch: BATCH, imageSize: size, channels };
    const feed = recordFeed(
      withSmallBindings(engine, bytesPerBinding),
      shape,
      y,
      targets,
      augmentation ?? CROP_AND_FLIP,
    );
    runSteps(engine, feed.load(set));
    const draws = [createRng(5, 3), createRng(5, 3)] as const;
    for (let step = 0; step < 3; step++) {
      const indices = Int32Array.from({ length: BATCH }, (_, n) => (n * 5 + step * 3) % IMAGES);
      runSteps(engine, feed.batch(indices, augmentation && draws[0]));
      const expected = [...indices].flatMap((index) =>
        expectedImage(set, size, index, augmentation ?? CROP_AND_FLIP, augmentation && draws[1], channels),
      );
      near(await download(engine, y), expected, 1e-6, `step ${step}`);
      assert.equal(
        [...(await download(engine, targets))],
        [...indices].map((index) => set.labels[index]!),
      );
    }
  });
}

test('feed: writing a batch creates nothing on the GPU', async () => {
  const engine = await testEngine();
  const y = upload(engine, 'batch', [BATCH, 3, 32, 32], 'f32', new Float32Array(BATCH * 3072));
  const targets = upload(engine, 'targets', [BATCH], 'i32', new Int32Array(BATCH));
  const feed = recordFeed(engine, { images: IMAGES, batch: BATCH, imageSize: 32 }, y, targets);
  runSteps(engine, feed.load(randomSet(32)));
  const { buffers, bindGroups, pipelines, shaderModules } = engine.counters;
  const rng = createRng(1, 3);
  for (let step = 0; step < 5; step++) {
    runSteps(engine, feed.batch(Int32Array.of(0, 1, 2, 3, 4, 5, 6), rng));
  }
  const after = engine.counters;
  assert.equal(
    [after.buffers, after.bindGroups, after.pipelines, after.shaderModules],
    [buffers, bindGroups, pipelines, shaderModules],
  );
});

test('feed: refuses wrong sizes and indices', async () => {
  const engine = await testEngine();
  const y = upload(engine, 'batch', [BATCH, 3, 8, 8], 'f32', new Float32Array(BATCH * 192));
  const targets = upload(engine, 'targets', [BATCH], 'i32', new Int32Array(BATCH));
  const feed = recordFeed(engine, { images: IMAGES, batch: BATCH, imageSize: 8 }, y, targets);
  assert.throws(() => feed.load(randomSet(7)), /feed: got 11 labels and 1617 bytes of images, expected 11/);
  assert.throws(() => feed.batch(Int32Array.of(1), null), /feed: got 1 indices, expected 7/);
  const outside = Int32Array.of(0, 1, 2, 3, 4, 5, IMAGES);
  assert.throws(() => feed.batch(outside, null), /feed: got index 11, expected 0 to 10/);
});

test.run();
