// CIFAR-10 in its standard binary form: records of one label byte and 3072 pixel bytes (C,H,W: 1024 red,
// 1024 green, 1024 blue, rows from the top). Five training files and one test file of 10,000 records each.
// https://www.cs.toronto.edu/~kriz/cifar.html

import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Dataset, ImageFormat, ImageSet } from './dataset.ts';

/** The classes of CIFAR-10, in the order of its labels. */
export const CLASS_NAMES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;
export const CLASS_COUNT = CLASS_NAMES.length;
export const IMAGE_SIZE = 32;
export const PIXELS = IMAGE_SIZE * IMAGE_SIZE;
export const IMAGE_BYTES = 3 * PIXELS;
export const RECORD_BYTES = 1 + IMAGE_BYTES;

export const TRAIN_FILES = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
export const TEST_FILE = 'test_batch.bin';
/** Records in each file of the full set. */
export const RECORDS_PER_FILE = 10_000;

/** Published mean and deviation of the 50,000 training images, pixels scaled to 0..1, in R, G, B. */
export const MEAN = [0.49139968, 0.48215827, 0.44653124] as const;
export const DEVIATION = [0.24703233, 0.24348505, 0.26158768] as const;

/** CIFAR-10 and its sample, as a data set. */
export const CIFAR10_FORMAT: ImageFormat = {
  classes: CLASS_COUNT,
  channels: 3,
  imageSize: IMAGE_SIZE,
  mean: MEAN,
  deviation: DEVIATION,
};

export const cifar10Dataset = (train: ImageSet, test: ImageSet): Dataset => ({
  classNames: CLASS_NAMES,
  format: CIFAR10_FORMAT,
  train,
  test,
});

/** Splits standard records into images and labels. Throws UserError for a wrong length or label. */
export function parseRecords(bytes: Uint8Array, name: string): ImageSet {
  const set = allocate(recordCount(bytes.length, name));
  copyRecords(bytes, name, set, 0);
  return set;
}

/** The standard records of a set: the inverse of parseRecords. */
export function encodeRecords({ images, labels }: ImageSet): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(labels.length * RECORD_BYTES);
  for (let n = 0; n < labels.length; n++) {
    bytes[n * RECORD_BYTES] = labels[n];
    bytes.set(images.subarray(n * IMAGE_BYTES, (n + 1) * IMAGE_BYTES), n * RECORD_BYTES + 1);
  }
  return bytes;
}

/**
 * Reads `data_batch_1..5.bin` and `test_batch.bin` from a directory. The files may hold any number of records.
 * Throws UserError naming the file that is missing or damaged.
 */
export async function loadCifar10(files: Files, dir: string): Promise<Dataset> {
  return cifar10Dataset(await loadFiles(files, dir, TRAIN_FILES), await loadFiles(files, dir, [TEST_FILE]));
}

async function loadFiles(files: Files, dir: string, names: readonly string[]): Promise<ImageSet> {
  const counts: number[] = [];
  for (const name of names) {
    const path = `${dir}/${name}`;
    if (!(await files.exists(path))) {
      throw new UserError(
        `data: ${path} is missing; bring CIFAR-10 there with: nat data cifar10 --dir ${dir}`,
      );
    }
    counts.push(recordCount(await files.size(path), path));
  }
  const set = allocate(counts.reduce((sum, count) => sum + count, 0));
  let first = 0;
  for (const [i, name] of names.entries()) {
    copyRecords(await files.readBytes(`${dir}/${name}`), `${dir}/${name}`, set, first);
    first += counts[i];
  }
  return set;
}

/** How many images each of the ten classes has. */
export function labelCounts(labels: ImageSet['labels']): number[] {
  const counts = Array.from({ length: CLASS_COUNT }, () => 0);
  for (const label of labels) counts[label]++;
  return counts;
}

function allocate(count: number): ImageSet {
  return { images: new Uint8Array(count * IMAGE_BYTES), labels: new Uint8Array(count) };
}

function recordCount(byteLength: number, name: string): number {
  if (byteLength === 0 || byteLength % RECORD_BYTES !== 0) {
    throw new UserError(
      `${name}: not a CIFAR-10 binary file: got ${byteLength} bytes, ` +
        `expected records of ${RECORD_BYTES} bytes (a label and 3x32x32 pixels)`,
    );
  }
  return byteLength / RECORD_BYTES;
}

/** Copies the records in `bytes` into `set`, from image number `first` on. */
function copyRecords(bytes: Uint8Array, name: string, set: ImageSet, first: number): void {
  const count = recordCount(bytes.length, name);
  for (let n = 0; n < count; n++) {
    const label = bytes[n * RECORD_BYTES];
    if (label >= CLASS_COUNT) {
      throw new UserError(`${name}: record ${n} has label ${label}; expected 0 to ${CLASS_COUNT - 1}`);
    }
    set.labels[first + n] = label;
    const pixels = bytes.subarray(n * RECORD_BYTES + 1, (n + 1) * RECORD_BYTES);
    set.images.set(pixels, (first + n) * IMAGE_BYTES);
  }
}
