// CIFAR-10 in its standard binary form: records of one label byte and 3072 pixel bytes (C,H,W: 1024 red,
// 1024 green, 1024 blue, rows from the top). Five training files and one test file of 10,000 records each.
// https://www.cs.toronto.edu/~kriz/cifar.html

import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';

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

/** `images` holds N*3072 bytes (N,C,H,W), `labels` N bytes from 0 to 9. */
export interface ImageSet {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

export interface Cifar10 {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** Images of several sets as one, in the order given. */
export function takeImages(
  ...parts: readonly { readonly set: ImageSet; readonly indices: Int32Array }[]
): ImageSet {
  const taken = allocate(parts.reduce((sum, { indices }) => sum + indices.length, 0));
  let n = 0;
  for (const { set, indices } of parts) {
    for (const index of indices) {
      taken.labels[n] = set.labels[index];
      taken.images.set(set.images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES), n * IMAGE_BYTES);
      n++;
    }
  }
  return taken;
}

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
export async function loadCifar10(files: Files, dir: string): Promise<Cifar10> {
  return { train: await loadFiles(files, dir, TRAIN_FILES), test: await loadFiles(files, dir, [TEST_FILE]) };
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
export function labelCounts(labels: Uint8Array): number[] {
  const counts = Array.from({ length: CLASS_COUNT }, () => 0);
  for (const label of labels) counts[label]++;
  return counts;
}

/** Sums over pixels per channel: integers far below 2^53, so they are exact in any order. */
export interface PixelSums {
  pixels: number;
  readonly sum: [number, number, number];
  readonly squares: [number, number, number];
}

export function emptyPixelSums(): PixelSums {
  return { pixels: 0, sum: [0, 0, 0], squares: [0, 0, 0] };
}

export function addPixels(sums: PixelSums, images: Uint8Array): void {
  for (let start = 0; start < images.length; start += PIXELS) {
    const channel = (start / PIXELS) % 3;
    let sum = 0;
    let squares = 0;
    for (let i = start; i < start + PIXELS; i++) {
      const value = images[i];
      sum += value;
      squares += value * value;
    }
    sums.sum[channel] += sum;
    sums.squares[channel] += squares;
  }
  sums.pixels += images.length / 3;
}

/** Mean and population deviation per channel, pixels scaled to 0..1. */
export function meanAndDeviation({ pixels, sum, squares }: PixelSums) {
  const mean = sum.map((value) => value / pixels / 255);
  const variance = squares.map((value, c) => value / pixels / (255 * 255) - mean[c] * mean[c]);
  return { mean, deviation: variance.map(Math.sqrt) };
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
