// Data sets in memory: what makes one, how they are read from folders of images, and what a run remembers of them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { CIFAR10_FORMAT } from '../src/data/cifar10.ts';
import { type Dataset, type DatasetParts, defineDataset, takeImages } from '../src/data/dataset.ts';
import { formatOf, recordOf, requireFormat, withDataset } from '../src/data/dataset_record.ts';
import { loadImages } from '../src/data/load.ts';
import { jpegOf, type Paint, pngOf } from './support/image_files.ts';
import { memoryFiles } from './support/memory_files.ts';
import { sample } from './support/search_run.ts';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.of(...values);

/** Two channels are none that there are, so images of three: 1 x 1 pixels each. */
const PARTS: DatasetParts = {
  classNames: ['a', 'b'],
  channels: 3,
  imageSize: 1,
  train: { images: bytes(0, 10, 255, 255, 10, 255), labels: bytes(0, 1) },
  test: { images: bytes(1, 2, 3), labels: bytes(1) },
};

async function refusal(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    assert.instance(error, UserError);
    return (error as Error).message;
  }
  throw new Error('it was taken');
}

test('a data set has the mean and deviation of its training images, or those given', () => {
  const { format, classNames } = defineDataset(PARTS);
  assert.equal(classNames, ['a', 'b']);
  // 0 and 1; twice 10 / 255, which deviates by nothing and is left as it is; twice 1
  assert.equal(format, {
    ...{ classes: 2, channels: 3, imageSize: 1 },
    mean: [0.5, 10 / 255, 1],
    deviation: [0.5, 1, 1],
  });
  const given = { mean: [0, 0, 0], deviation: [1, 2, 3] };
  assert.equal(defineDataset({ ...PARTS, ...given }).format, {
    classes: 2,
    channels: 3,
    imageSize: 1,
    ...given,
  });
});

test('what does not fit is refused in one line', async () => {
  const refused = (change: Partial<DatasetParts>) => refusal(() => defineDataset({ ...PARTS, ...change }));
  assert.is(await refused({ channels: 2 }), 'data set: got 2 channels, expected 1 or 3');
  assert.match(await refused({ imageSize: 0 }), /^data set: got images of 0 pixels a side/);
  assert.is(
    await refused({ imageSize: 2 }),
    'data set: got 6 bytes of training images and 2 labels, expected 24 bytes (3 x 2 x 2 an image)',
  );
  assert.is(
    await refused({ test: { images: bytes(1, 2, 3), labels: bytes(2) } }),
    'data set: test image 0 has label 2; expected 0 to 1',
  );
  assert.match(await refused({ classNames: [] }), /^data set: got 0 classes/);
});

test('images of several sets are taken as one, labels of two bytes among them', () => {
  const wide = { images: bytes(9, 9, 9), labels: Uint16Array.of(300) };
  const taken = takeImages(
    3,
    { set: wide, indices: Int32Array.of(0) },
    { set: PARTS.train, indices: Int32Array.of(1, 0) },
  );
  assert.equal([...taken.labels], [300, 1, 0]);
  assert.equal([...taken.images], [9, 9, 9, 255, 10, 255, 0, 10, 255]);
});

test('a run remembers images by what is in them, and nothing of those of the form of CIFAR-10', async () => {
  assert.is(await recordOf(sample), undefined);
  assert.equal(await withDataset({ seed: 1 }, sample), { seed: 1 });
  assert.equal(formatOf({}), CIFAR10_FORMAT);
  const data = defineDataset(PARTS);
  const record = (await recordOf(data))!;
  assert.equal({ ...record, sha256: '' }, { ...data.format, trainImages: 2, testImages: 1, sha256: '' });
  assert.is(formatOf(await withDataset({}, data)).classes, 2);
  const others: Dataset[] = [
    { ...data, classNames: ['a', 'c'] },
    { ...data, train: { ...data.train, labels: bytes(1, 1) } },
    { ...data, test: { ...data.test, images: bytes(1, 2, 4) } },
  ];
  for (const other of others) assert.is.not((await recordOf(other))!.sha256, record.sha256);
  // the width of the labels in memory says nothing of the images
  const wide = { ...data, train: { ...data.train, labels: Uint16Array.of(0, 1) } };
  assert.equal(await recordOf(wide), record);
  assert.match(
    await refusal(() => requireFormat(data.format, CIFAR10_FORMAT, 'd')),
    /^data d: got 2 classes of 3 x 1 x 1 images, but this run is of 10 classes of 3 x 32 x 32 images/,
  );
});

const red: Paint = (x, y) => [200, x, y];
const grey: Paint = (x, y) => [10 * x + y, 10 * x + y, 10 * x + y];

async function folderOf(images: Readonly<Record<string, Uint8Array<ArrayBuffer>>>) {
  const files = memoryFiles();
  for (const [path, image] of Object.entries(images)) {
    const parts = path.split('/');
    for (let i = 1; i <= parts.length; i++)
      await files.makeDirectory(['d', ...parts.slice(0, i - 1)].join('/'));
    await files.writeAtomic(`d/${path}`, image);
  }
  return { files, readAsset: async () => new Uint8Array(0) };
}

test('a folder of class folders: the very pixels of images of one size, three channels or one', async () => {
  const sources = await folderOf({
    'train/dog/1.png': pngOf(4, 4, red),
    'train/ant/1.png': pngOf(4, 4, () => [1, 2, 3]),
    'test/dog/x.PNG': pngOf(4, 4, () => [4, 5, 6]),
  });
  const { classNames, format, train, test: held } = await loadImages(sources, 'd');
  assert.equal(classNames, ['ant', 'dog']);
  assert.equal([format.classes, format.channels, format.imageSize], [2, 3, 4]);
  assert.equal([...train.labels], [0, 1]);
  assert.equal([...held.labels], [1]);
  const plane = (value: (i: number) => number) => Array.from({ length: 16 }, (_, i) => value(i));
  const expected = [1, 2, 3].flatMap((value) => plane(() => value));
  expected.push(...plane(() => 200), ...plane((i) => i % 4), ...plane((i) => i >> 2));
  assert.equal([...train.images], expected);
  assert.equal(
    [...held.images],
    [4, 5, 6].flatMap((value) => plane(() => value)),
  );
  assert.ok(Math.abs(format.mean[0]! - 201 / 510) < 1e-12);

  const greys = await folderOf({
    'train/a/1.png': pngOf(3, 3, grey),
    'val/a/1.png': pngOf(3, 3, grey),
  });
  const { format: one, train: values } = await loadImages(greys, 'd');
  assert.is(one.channels, 1);
  assert.equal([...values.images], [0, 10, 20, 1, 11, 21, 2, 12, 22]);
});

test('images of different sizes: brought to the size that is asked for, refused without one', async () => {
  const sources = await folderOf({
    'train/a/1.png': pngOf(4, 4, () => [9, 9, 9]),
    // its middle, 4 x 4 pixels, is of one colour
    'train/a/2.png': pngOf(8, 4, (x) => (x < 2 || x > 5 ? [255, 255, 255] : [7, 7, 7])),
    'val/a/1.jpg': await jpegOf(16, 16, () => [50, 50, 50]),
  });
  const { format, train, test: held } = await loadImages(sources, 'd', { imageSize: 2 });
  assert.equal([format.imageSize, format.channels], [2, 1]);
  assert.equal([...train.images], [9, 9, 9, 9, 7, 7, 7, 7]);
  assert.is(held.images.length, 4);
  assert.match(
    await refusal(() => loadImages(sources, 'd')),
    /^image d\/train\/a\/2\.png has 8 x 4 pixels, others 4 x 4; give the height and width .* --image-size$/,
  );
  const wide = await folderOf({ 'train/a/1.png': pngOf(5, 4, red), 'val/a/1.png': pngOf(4, 4, red) });
  assert.match(
    await refusal(() => loadImages(wide, 'd')),
    /^image d\/train\/a\/1\.png has 5 x 4 pixels; give/,
  );
  await refusal(() => loadImages(sources, 'd', { imageSize: 2 ** 16 })).then((message) =>
    assert.match(
      message,
      /^data: 2 images of 65536 x 65536 pixels are too many to lie in memory; use a smaller/,
    ),
  );
});

test('a damaged image ends the reading, or is left out', async () => {
  const sources = await folderOf({
    'train/a/1.png': pngOf(4, 4, red),
    'train/a/2.png': bytes(1, 2, 3),
    'train/b/3.png': pngOf(4, 4, red),
    'val/b/1.png': pngOf(4, 4, red),
  });
  assert.match(
    await refusal(() => loadImages(sources, 'd')),
    /^image d\/train\/a\/2\.png is damaged: neither/,
  );
  const left: string[] = [];
  const { train } = await loadImages(sources, 'd', { damaged: (path) => left.push(path) });
  assert.equal(left, ['d/train/a/2.png']);
  assert.equal([...train.labels], [0, 1]);
  assert.is(train.images.length, 2 * 48);
});

test('reading reports its progress, and ends where that throws', async () => {
  const image = pngOf(2, 2, red);
  const many = Array.from({ length: 70 }, (_, n) => [`train/a/${n}.png`, image] as const);
  const sources = await folderOf({ ...Object.fromEntries(many), 'val/a/1.png': image });
  const seen: [number, number][] = [];
  await loadImages({ ...sources, reading: (done, total) => void seen.push([done, total]) }, 'd');
  assert.equal(seen, [[64, 71], [70, 71], [71, 71]]); // prettier-ignore
  const stop = new Error('stop');
  const stopped = loadImages(
    {
      ...sources,
      reading() {
        throw stop;
      },
    },
    'd',
  );
  await stopped.then(
    () => assert.unreachable(),
    (error) => assert.is(error, stop),
  );
});

test('a folder in no form that is known is told what there may be; sizes that are fixed stay', async () => {
  const files = memoryFiles();
  const sources = { files, readAsset: async () => new Uint8Array(0) };
  assert.match(
    await refusal(() => loadImages(sources, 'none')),
    /^data: none holds no images in a form that is known; expected data_batch_1\.bin .*train\/CLASS\//,
  );
  const own = { files, readAsset: async () => new Uint8Array(3073) };
  assert.match(
    await refusal(() => loadImages(own, 'sample', { imageSize: 16 })),
    /^--image-size: got 16, but the images of sample are of 32 pixels a side and stay so; leave it out$/,
  );
  assert.is((await loadImages(own, 'sample', { imageSize: 32 })).format, CIFAR10_FORMAT);
});

test.run();
