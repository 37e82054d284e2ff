// The forms in which others give data sets: CIFAR-100, IDX (Fashion-MNIST), parquet files of the Hugging Face hub. The
// parquet files were made by pyarrow and Pillow (test/parquet/make.py).
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { loadImages } from '../src/data/load.ts';
import { openParquet } from '../src/data/parquet_file.ts';
import { memoryFiles } from './support/memory_files.ts';
import { repositoryRoot } from './support/repository.ts';

type Contents = Readonly<Record<string, Uint8Array<ArrayBuffer> | string>>;

/** Loads a folder `d` with these files. */
async function load(contents: Contents, imageSize?: number) {
  const files = memoryFiles();
  await files.makeDirectory('d');
  for (const [path, data] of Object.entries(contents)) {
    if (path.includes('/')) await files.makeDirectory(`d/${path.split('/')[0]}`);
    await files.writeAtomic(`d/${path}`, data);
  }
  return loadImages({ files, readAsset: async () => new Uint8Array(0) }, 'd', { imageSize });
}

async function refuses(work: Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await work.then(
    () => assert.unreachable('it was taken'),
    (reason) => reason,
  );
  assert.instance(error, UserError);
  assert.match((error as Error).message, message);
}

/** A record: coarse class, fine class, pixel i is `first + i`, modulo 256. */
const record = (coarse: number, fine: number, first: number): number[] => [
  coarse,
  fine,
  ...Array.from({ length: 3072 }, (_, i) => (first + i) & 255),
];

test('CIFAR-100: fine classes, by name where the file with their names is there', async () => {
  const train = Uint8Array.from([...record(3, 99, 1), ...record(4, 7, 2)]);
  const held = Uint8Array.from(record(0, 0, 5));
  const { format, classNames, ...data } = await load({ 'train.bin': train, 'test.bin': held });
  assert.equal([format.classes, format.channels, format.imageSize], [100, 3, 32]);
  assert.is(classNames[99], '99');
  assert.equal([...data.train.labels, ...data.test.labels], [99, 7, 0]);
  assert.equal([...data.train.images], [...train.subarray(2, 3074), ...train.subarray(3076)]);
  const names = Array.from({ length: 100 }, (_, i) => `name_${i}`).join('\n');
  const named = await load({ 'train.bin': train, 'test.bin': held, 'fine_label_names.txt': `${names}\n` });
  assert.is(named.classNames[99], 'name_99');
  const short = { 'train.bin': train, 'test.bin': held, 'fine_label_names.txt': 'a b' };
  await refuses(load(short), /^d\/fine_label_names\.txt: got 2 names, expected 100$/);
  await refuses(load({ 'train.bin': train }), /^data: d\/test\.bin is missing/);
  await refuses(
    load({ 'train.bin': train.subarray(1), 'test.bin': held }),
    /^d\/train\.bin: not a CIFAR-100 binary file: got 6147 bytes, expected records of 3074/,
  );
  const wrong = Uint8Array.from(record(0, 100, 0));
  await refuses(load({ 'train.bin': wrong, 'test.bin': held }), /record 0 has label 100; expected 0 to 99/);
});

/** An IDX file of bytes, from its definition. */
const idx = (shape: readonly number[], data: readonly number[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, n >> 8, n & 255]), ...data]);

const IDX = {
  'train-images-idx3-ubyte': idx([3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
  'train-labels-idx1-ubyte': idx([3], [2, 0, 1]),
  't10k-images-idx3-ubyte': idx([1, 2, 2], [255, 255, 0, 0]),
  't10k-labels-idx1-ubyte': idx([1], [2]),
};

test('IDX: grey images, packed or not', async () => {
  const plain = await load(IDX);
  assert.equal(plain.classNames, ['0', '1', '2']);
  assert.equal([plain.format.channels, plain.format.imageSize], [1, 2]);
  assert.equal([...plain.train.labels], [2, 0, 1]);
  assert.equal([...plain.train.images], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.equal([...plain.test.images], [255, 255, 0, 0]);
  // the mean of 0 to 11, and their variance (12^2 - 1) / 12
  assert.ok(Math.abs(plain.format.mean[0]! - 5.5 / 255) < 1e-12);
  assert.ok(Math.abs(plain.format.deviation[0]! - Math.sqrt(143 / 12) / 255) < 1e-12);
  const packed = Object.entries(IDX).map(([name, data]) => [`${name}.gz`, new Uint8Array(gzipSync(data))]);
  assert.equal(await load(Object.fromEntries(packed)), plain);
});

test('IDX: what is damaged or does not fit is refused by name', async () => {
  const change = (name: keyof typeof IDX, data: Uint8Array<ArrayBuffer>) => load({ ...IDX, [name]: data });
  const images = 'train-images-idx3-ubyte';
  await refuses(
    change(images, idx([12], [])),
    /train-images-idx3-ubyte: not an IDX file of bytes in 3 dimensions/,
  );
  await refuses(change(images, idx([3, 2, 2], [1])), /got 1 bytes, expected 3 x 2 x 2/);
  await refuses(
    change(images, idx([3, 1, 2], [1, 2, 3, 4, 5, 6])),
    /got 3 x 1 x 2 bytes, expected square images/,
  );
  await refuses(change('train-labels-idx1-ubyte', idx([1], [1])), /got 1 labels for 3 images/);
  await refuses(
    change('t10k-images-idx3-ubyte', idx([1, 1, 1], [1])),
    /training images of 2 .* test images of 1/,
  );
  await refuses(change('t10k-labels-idx1-ubyte', idx([1], [3])), /test image 0 has label 3; expected 0 to 2/);
  const { 't10k-labels-idx1-ubyte': _, ...rest } = IDX;
  await refuses(load(rest), /t10k-labels-idx1-ubyte is missing, and so is d\/t10k-labels-idx1-ubyte\.gz/);
  const cut = new Uint8Array(gzipSync(IDX[images])).subarray(0, 20);
  const { [images]: __, ...others } = IDX;
  await refuses(
    load({ ...others, [`${images}.gz`]: cut }),
    /train-images-idx3-ubyte\.gz: cannot be unpacked/,
  );
});

const parquet = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`test/parquet/${name}.parquet`, repositoryRoot)));

const TRAIN = ['train-00000-of-00002', 'train-00001-of-00002'];
const TEST = 'test-00000-of-00001';

/** Image n of make.py. */
const pixels = (n: number): number[] => {
  const at = Array.from({ length: 9 }, (_, i) => [i % 3, Math.floor(i / 3)] as const);
  return [...at.map(([x]) => 10 * x + n), ...at.map(([, y]) => 20 * y), ...at.map(() => 200)];
};

test('parquet: images and classes of all files in order, row groups among them, with the names of the hub', async () => {
  const contents = Object.fromEntries([...TRAIN, TEST].map((name) => [`${name}.parquet`, parquet(name)]));
  const data = await load(contents);
  assert.equal(data.classNames, ['cat', 'dog']);
  assert.equal([data.format.channels, data.format.imageSize], [3, 3]);
  assert.equal([...data.train.labels], [0, 1, 1, 0, 1]);
  assert.equal([...data.test.labels], [1, 0]);
  assert.equal([...data.train.images], [0, 1, 2, 3, 4].flatMap(pixels));
  assert.equal([...data.test.images], [5, 6].flatMap(pixels));
  const deeper = { 'train/0000.parquet': parquet(TRAIN[0]!), 'validation/0000.parquet': parquet(TEST) };
  assert.equal([...(await load(deeper)).test.labels], [1, 0]);
  const data2 = { 'data/train-0.parquet': parquet(TRAIN[0]!), 'data/test-0.parquet': parquet(TEST) };
  assert.is((await load(data2, 2)).train.images.length, 3 * 3 * 4);
});

test('parquet: pages packed by Zstandard, by gzip and in the second form of pages hold the same', async () => {
  for (const name of ['zstd', 'gzip', 'zstd_v2']) {
    const packed = { 'train.parquet': parquet(name), 'test.parquet': parquet(TEST) };
    const { train, classNames } = await load(packed);
    assert.equal(classNames, ['cat', 'dog'], name);
    assert.equal([...train.labels], [0, 1, 1], name);
    assert.equal([...train.images], [0, 1, 2].flatMap(pixels), name);
  }
});

test('parquet: a packed page that says another length than it has is refused', async () => {
  for (const name of ['zstd', 'gzip']) {
    const bytes = parquet(name);
    const opened = await openParquet(bytes, 'x.parquet');
    // all but the footer, which says where things are
    bytes.fill(0xff, 60, bytes.length / 3);
    await refuses(opened.chunks()[Symbol.asyncIterator]().next(), /^x\.parquet: cannot be read as a parquet/);
  }
});

test('parquet: classes without names are numbers', async () => {
  const numbered = parquet('numbered');
  const { classNames, train } = await load({ 'train.parquet': numbered, 'test.parquet': numbered });
  assert.equal(classNames, ['0', '1', '2']);
  assert.equal([...train.labels], [2, 0]);
});

test('parquet: what cannot be read is refused by name', async () => {
  const test0 = parquet(TEST);
  const folder = (train: Uint8Array<ArrayBuffer>) => load({ 'train.parquet': train, 'test.parquet': test0 });
  await refuses(
    folder(parquet('negative')),
    /^d\/train\.parquet\[0\]: got label -1, expected a class from 0 on/,
  );
  await refuses(
    folder(parquet('no_image')),
    /^d\/train\.parquet: got columns text, label; expected one of images/,
  );
  await refuses(folder(parquet('two_integers')), /got columns image, a, b; expected one of whole numbers/);
  await refuses(folder(parquet('numbered')), /the files of d do not name the same classes/);
  await refuses(folder(test0.subarray(0, 90)), /^d\/train\.parquet: cannot be read as a parquet file: /);
  await refuses(load({ 'test.parquet': test0 }), /^data: d holds test\.parquet; expected train-\*\.parquet/);
  const brotli = await openParquet(parquet('brotli'), 'x.parquet');
  await refuses(brotli.chunks()[Symbol.asyncIterator]().next(), /^x\.parquet: cannot be read .*BROTLI/);
});

test.run();
