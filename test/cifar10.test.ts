import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeRecords, labelCounts, loadCifar10, parseRecords } from '../src/data/cifar10.ts';
import { addPixels, emptyPixelSums, meanAndDeviation } from '../src/data/pixel_sums.ts';
import { UserError } from '../runtime/errors.ts';
import { memoryFiles } from './support/memory_files.ts';

/** Records with the given labels; pixel i of record n is (7n + 3i) mod 256. */
function records(labels: readonly number[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(labels.length * 3073);
  labels.forEach((label, n) => {
    bytes[n * 3073] = label;
    for (let i = 0; i < 3072; i++) bytes[n * 3073 + 1 + i] = 7 * n + 3 * i;
  });
  return bytes;
}

function refuses(action: () => unknown, message: RegExp) {
  assert.throws(action, (error: unknown) => error instanceof UserError && message.test(error.message));
}

test('cifar10: records split into labels and C,H,W bytes, and join again', () => {
  const bytes = records([3, 9, 0]);
  const { images, labels } = parseRecords(bytes, 'x.bin');
  assert.equal([...labels], [3, 9, 0]);
  assert.is(images.length, 3 * 3072);
  assert.equal([...images.subarray(3072, 3076)], [7, 10, 13, 16]);
  assert.is(images[2 * 3072 + 1024], (14 + 3 * 1024) % 256, 'the green plane follows 1024 red bytes');
  assert.equal(encodeRecords({ images, labels }), bytes);
});

test('cifar10: a wrong length or label is refused with file and record', () => {
  const bytes = records([1, 2]);
  refuses(
    () => parseRecords(bytes.subarray(0, 6000), 'x.bin'),
    /^x\.bin: not a CIFAR-10 binary file: got 6000/,
  );
  refuses(() => parseRecords(new Uint8Array(0), 'x.bin'), /got 0 bytes/);
  bytes[3073] = 10;
  refuses(() => parseRecords(bytes, 'x.bin'), /^x\.bin: record 1 has label 10; expected 0 to 9$/);
});

test('cifar10: mean and deviation per channel equal the two-pass formula', () => {
  const { images } = parseRecords(records([0, 1, 2, 3, 4]), 'x.bin');
  const sums = emptyPixelSums(3);
  addPixels(sums, images.subarray(0, 2 * 3072), 1024);
  addPixels(sums, images.subarray(2 * 3072), 1024);
  const { mean, deviation } = meanAndDeviation(sums);
  for (let channel = 0; channel < 3; channel++) {
    const values = [...images]
      .filter((_, i) => Math.floor(i / 1024) % 3 === channel)
      .map((byte) => byte / 255);
    assert.is(values.length, 5 * 1024);
    const expectedMean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - expectedMean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean[channel] - expectedMean) < 1e-12);
    assert.ok(Math.abs(deviation[channel] - Math.sqrt(variance)) < 1e-12);
  }
});

test('cifar10: a directory is read in file order', async () => {
  const files = memoryFiles();
  await files.makeDirectory('d');
  for (const n of [1, 2, 3, 4, 5]) await files.writeAtomic(`d/data_batch_${n}.bin`, records([n, n + 1]));
  await files.writeAtomic('d/test_batch.bin', records([9]));
  const { train, test: held } = await loadCifar10(files, 'd');
  assert.equal([...train.labels], [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
  assert.equal(labelCounts(train.labels), [0, 1, 2, 2, 2, 2, 1, 0, 0, 0]);
  assert.equal(train.images.subarray(8 * 3072, 9 * 3072), train.images.subarray(0, 3072));
  assert.equal([...held.labels], [9]);
});

test('cifar10: a missing or damaged file is named, with what to do', async () => {
  const files = memoryFiles();
  await files.makeDirectory('d');
  const message = async () => {
    try {
      await loadCifar10(files, 'd');
    } catch (error) {
      assert.instance(error, UserError);
      return (error as Error).message;
    }
    return 'no error';
  };
  assert.is(
    await message(),
    'data: d/data_batch_1.bin is missing; bring CIFAR-10 there with: nat data cifar10 --dir d',
  );
  for (const n of [1, 2, 3, 4, 5]) await files.writeAtomic(`d/data_batch_${n}.bin`, records([n]));
  assert.match(await message(), /d\/test_batch\.bin is missing/);
  await files.truncate('d/data_batch_4.bin', 3000);
  assert.match(await message(), /^d\/data_batch_4\.bin: not a CIFAR-10 binary file: got 3000 bytes/);
});

test.run();
