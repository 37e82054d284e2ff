// Brings the full CIFAR-10 into a directory in its standard binary form, and proves that it is there: each of
// the six files is either byte for byte the published one or is written again, whole, under its final name.

import type { Files } from '../../runtime/host/platform.ts';
import { RunError } from '../../runtime/errors.ts';
import { sha256 } from '../io/digest.ts';
import type { BatchFile } from './cifar10_sources.ts';
import {
  CLASS_COUNT,
  DEVIATION,
  MEAN,
  PIXELS,
  RECORDS_PER_FILE,
  RECORD_BYTES,
  TEST_FILE,
  TRAIN_FILES,
  labelCounts,
  parseRecords,
} from './cifar10.ts';
import { addPixels, emptyPixelSums, meanAndDeviation, type PixelSums } from './pixel_sums.ts';

/** What a complete directory holds; a parameter so that the tests can bring a small set. */
export interface SetSpec {
  /** File name -> SHA-256. */
  readonly digests: Readonly<Record<string, string>>;
  readonly recordsPerFile: number;
  /** Of the training images. The published values carry rounding of up to 4e-7, as if summed in single precision. */
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

export const FULL_SET: SetSpec = {
  digests: {
    'data_batch_1.bin': 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5',
    'data_batch_2.bin': 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed',
    'data_batch_3.bin': 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67',
    'data_batch_4.bin': '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48',
    'data_batch_5.bin': '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add',
    'test_batch.bin': '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b',
  },
  recordsPerFile: RECORDS_PER_FILE,
  mean: MEAN,
  deviation: DEVIATION,
};

const STATISTICS_TOLERANCE = 1e-6;

/** One file as it lies on disk; `problem` says why it does not count, `labels` are its images per class. */
export interface FileState {
  readonly name: string;
  readonly problem: string | null;
  readonly labels: readonly number[];
  readonly sums: PixelSums;
}

export interface SetSummary {
  readonly train: { images: number; perClass: number[]; mean: number[]; deviation: number[] };
  readonly test: { images: number; perClass: number[] };
}

/** Examines the six files, one in memory at a time. */
export async function examineCifar10(
  files: Files,
  dir: string,
  spec: SetSpec,
  onFile: (done: number, total: number) => void = () => {},
): Promise<FileState[]> {
  const names = [...TRAIN_FILES, TEST_FILE];
  const states: FileState[] = [];
  onFile(0, names.length);
  for (const name of names) {
    states.push(await examineFile(files, `${dir}/${name}`, name, spec));
    onFile(states.length, names.length);
  }
  return states;
}

async function examineFile(files: Files, path: string, name: string, spec: SetSpec): Promise<FileState> {
  const unusable = (problem: string) => ({ name, problem, labels: [], sums: emptyPixelSums(3) });
  if (!(await files.exists(path))) return unusable('missing');
  const size = await files.size(path);
  const expected = spec.recordsPerFile * RECORD_BYTES;
  if (size !== expected) return unusable(`${size} bytes long, expected ${expected}`);
  const bytes = await files.readBytes(path);
  if ((await sha256(bytes)) !== spec.digests[name]) return unusable('damaged (its SHA-256 is another)');
  const { images, labels } = parseRecords(bytes, path);
  const sums = emptyPixelSums(3);
  addPixels(sums, images, PIXELS);
  return { name, problem: null, labels: labelCounts(labels), sums };
}

/**
 * Writes the files that `batches` yields. Each is checked before it takes its final name; an interruption leaves
 * only whole files. Throws RunError where a batch is not the published one or one of `wanted` never comes.
 */
export async function writeBatches(
  files: Files,
  dir: string,
  wanted: ReadonlySet<string>,
  batches: AsyncIterable<BatchFile>,
  spec: SetSpec,
  onBatch: (written: number) => void = () => {},
): Promise<void> {
  const missing = new Set(wanted);
  for await (const { name, records } of batches) {
    if ((await sha256(records)) !== spec.digests[name]) {
      throw new RunError(
        `data: the ${name} that was fetched is not the published one (its SHA-256 is another)`,
      );
    }
    await files.writeAtomic(`${dir}/${name}`, records);
    missing.delete(name);
    onBatch(wanted.size - missing.size);
  }
  if (missing.size > 0) throw new RunError(`data: what was fetched holds no ${[...missing].join(', ')}`);
}

/** Label counts, mean and deviation of the examined set. Throws RunError where they are not the published ones. */
export function summarizeCifar10(states: readonly FileState[], dir: string, spec: SetSpec): SetSummary {
  const broken = states.find((state) => state.problem !== null);
  if (broken) throw new RunError(`data: ${dir}/${broken.name} is ${broken.problem}`);
  const train = states.filter((state) => state.name !== TEST_FILE);
  const test = states.filter((state) => state.name === TEST_FILE);
  const sums = train.map((state) => state.sums).reduce(addSums);
  const { mean, deviation } = meanAndDeviation(sums);
  const close = (got: readonly number[], want: readonly number[]) =>
    got.every((value, channel) => Math.abs(value - want[channel]) < STATISTICS_TOLERANCE);
  if (!close(mean, spec.mean) || !close(deviation, spec.deviation)) {
    throw new RunError(
      `data: training images in ${dir} have mean ${mean} and deviation ${deviation}; ` +
        `expected ${spec.mean} and ${spec.deviation}`,
    );
  }
  return {
    train: { ...checkedCounts(train, dir, 'training', spec), mean, deviation },
    test: checkedCounts(test, dir, 'test', spec),
  };
}

function checkedCounts(states: readonly FileState[], dir: string, what: string, spec: SetSpec) {
  const images = states.length * spec.recordsPerFile;
  const perClass = Array.from({ length: CLASS_COUNT }, (_, label) =>
    states.reduce((sum, state) => sum + state.labels[label], 0),
  );
  if (perClass.some((count) => count !== images / CLASS_COUNT)) {
    throw new RunError(
      `data: the ${what} images in ${dir} number ${perClass.join(', ')} a class; expected ${images / CLASS_COUNT}`,
    );
  }
  return { images, perClass };
}

function addSums(a: PixelSums, b: PixelSums): PixelSums {
  const add = (x: readonly number[], y: readonly number[]) => x.map((value, channel) => value + y[channel]);
  return { pixels: a.pixels + b.pixels, sum: add(a.sum, b.sum), squares: add(a.squares, b.squares) };
}
