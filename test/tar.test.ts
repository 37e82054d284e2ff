import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError } from '../runtime/errors.ts';
import { readTar } from '../runtime/host/tar.ts';
import { buildTar, inChunks } from './support/tar_builder.ts';

const everything = () => true;

async function collect(bytes: Uint8Array, chunk = 1000, wanted: (name: string) => boolean = everything) {
  const found: [string, number[]][] = [];
  for await (const { name, bytes: data } of readTar(inChunks(bytes, chunk), wanted, 'a.tar')) {
    found.push([name, [...data]]);
  }
  return found;
}

async function fails(bytes: Uint8Array, message: RegExp) {
  try {
    await collect(bytes);
  } catch (error) {
    assert.instance(error, RunError);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('the archive was accepted');
}

const data = Uint8Array.from({ length: 700 }, (_, i) => i % 251);
const archive = buildTar([
  { name: 'package/', bytes: new Uint8Array(0), type: '5' },
  { name: 'pax', bytes: new Uint8Array([1, 2]), type: 'x' },
  { name: 'package/one', bytes: data },
  { name: 'empty', bytes: new Uint8Array(0) },
  { name: 'full_block', bytes: data.subarray(0, 512), prefix: 'deep/folder' },
]);

test('tar: yields regular files in order, whatever the chunks', async () => {
  const expected = [
    ['package/one', [...data]],
    ['empty', []],
    ['deep/folder/full_block', [...data.subarray(0, 512)]],
  ];
  for (const chunk of [1, 7, 512, 513, 100_000]) assert.equal(await collect(archive, chunk), expected);
});

test('tar: reads only what is wanted', async () => {
  assert.equal(await collect(archive, 100, (name) => name === 'empty'), [['empty', []]]);
});

test('tar: a truncated archive is an error at every length', async () => {
  // the end is a block of zeros; without its second one the archive is still complete
  for (let length = 0; length < archive.length - 1024; length += 97) {
    await fails(archive.subarray(0, length), /a\.tar: the archive ends in the middle; it is truncated/);
  }
});

test('tar: a header that does not add up is an error', async () => {
  const broken = archive.slice();
  broken[3] ^= 1;
  await fails(broken, /a\.tar: not a tar archive/);
  await fails(new Uint8Array(512).fill(0x41), /not a tar archive/);
});

test.run();
