import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBinaryArchive, readPngPackage } from '../src/data/cifar10_sources.ts';
import type { BatchFile } from '../src/data/cifar10_sources.ts';
import { RunError } from '../runtime/errors.ts';
import {
  FILE_NAMES,
  smallArchive,
  smallFiles,
  smallPackageEntries,
  smallPng,
} from './support/small_cifar10.ts';
import { buildTar, inChunks } from './support/tar_builder.ts';

async function collect(batches: AsyncIterable<BatchFile>): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for await (const { name, records } of batches) found.set(name, records);
  return found;
}

const all = new Set(FILE_NAMES);
const packed = (entries = smallPackageEntries()) => {
  const tar = buildTar(entries);
  return () => inChunks(tar, 5000);
};

async function packageFails(
  change: (entries: { name: string; bytes: Uint8Array }[]) => void,
  message: RegExp,
) {
  const entries = smallPackageEntries();
  change(entries);
  try {
    await collect(readPngPackage(packed(entries), all));
  } catch (error) {
    assert.instance(error, RunError);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('the package was accepted');
}

test('cifar10 sources: the PNG package gives the standard records', async () => {
  assert.equal(await collect(readPngPackage(packed(), all)), smallFiles());
});

test('cifar10 sources: the binary archive gives its files', async () => {
  const archive = smallArchive();
  assert.equal(await collect(readBinaryArchive(() => inChunks(archive, 3000), all)), smallFiles());
});

test('cifar10 sources: only wanted files are read', async () => {
  const wanted = new Set(['data_batch_3.bin', 'test_batch.bin']);
  const expected = [...smallFiles()].filter(([name]) => wanted.has(name));
  const archive = smallArchive();
  assert.equal([...(await collect(readPngPackage(packed(), wanted)))], expected);
  assert.equal([...(await collect(readBinaryArchive(() => inChunks(archive, 3000), wanted)))], expected);
});

test('cifar10 sources: a package of another form is refused', async () => {
  const find = (entries: { name: string; bytes: Uint8Array }[], name: string) =>
    entries.find((entry) => entry.name === `package/${name}`)!;
  const set = (name: string, bytes: Uint8Array) => (entries: { name: string; bytes: Uint8Array }[]) => {
    find(entries, name).bytes = bytes;
  };
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const flipped = smallPng(1);
  flipped[flipped.length >> 1] ^= 1;
  await packageFails(set('data_batch_2.png', flipped), /data_batch_2\.png: the PNG cannot be decoded/);
  await packageFails(
    set('data_batch_2.png', new Uint8Array(9)),
    /data_batch_2\.png: the PNG cannot be decoded/,
  );
  await packageFails(set('data_batch_1.png', smallPng(0, 1000)), /got 1000 pixels a row.*expected 1024/);
  await packageFails(
    set('train_lables.json', json([1, 2, 3])),
    /data_batch_1\.png: got 3 labels, expected .* 10/,
  );
  await packageFails(
    set('train_lables.json', json([1, 10])),
    /train_lables\.json: expected a JSON list of labels/,
  );
  await packageFails(
    set('test_lables.json', json({ a: 1 })),
    /test_lables\.json: expected a JSON list of labels/,
  );
  await packageFails(
    set('test_lables.json', new Uint8Array([0x5b])),
    /test_lables\.json: expected a JSON list/,
  );
  await packageFails((entries) => entries.pop(), /the label list for package\/data_batch_1\.png is missing/);
});

test.run();
