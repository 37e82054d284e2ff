// Makes src/data/sample/ from a directory with the full CIFAR-10: the first images of each class, in their
// original order. `node runtime/tools/make_sample.mjs DIR`

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RECORD_BYTES = 1 + 3 * 32 * 32;
const TRAIN_PER_CLASS = 100;
const TEST_PER_CLASS = 25;

/** The first `perClass` records of each class, in the order in which they lie in `bytes`. */
function firstOfEachClass(/** @type {Buffer} */ bytes, /** @type {number} */ perClass) {
  const taken = Array.from({ length: 10 }, () => 0);
  const records = [];
  for (let start = 0; start < bytes.length && records.length < 10 * perClass; start += RECORD_BYTES) {
    const label = bytes[start];
    if (taken[label]++ < perClass) records.push(bytes.subarray(start, start + RECORD_BYTES));
  }
  if (records.length < 10 * perClass) throw new Error(`fewer than ${perClass} images of some class`);
  return Buffer.concat(records);
}

const dir = process.argv[2];
if (!dir)
  throw new Error('usage: node runtime/tools/make_sample.mjs DIR (with data_batch_1.bin and test_batch.bin)');
const sample = fileURLToPath(new URL('../../src/data/sample/', import.meta.url));
const train = await readFile(join(dir, 'data_batch_1.bin'));
const test = await readFile(join(dir, 'test_batch.bin'));
await writeFile(join(sample, 'train.bin'), firstOfEachClass(train, TRAIN_PER_CLASS));
await writeFile(join(sample, 'test.bin'), firstOfEachClass(test, TEST_PER_CLASS));
