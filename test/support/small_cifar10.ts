// A CIFAR-10 of ten images a file for tests: its six files, and the two packed forms it could come in.

import { createHash } from 'node:crypto';
import { encode } from 'fast-png';
import type { SetSpec } from '../../src/data/cifar10_install.ts';
import { buildTar } from './tar_builder.ts';

export const FILE_NAMES = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat('test_batch.bin');
const IMAGES = 10;

/** Image `n` of file `file` has class (3n + file) mod 10, so that each file has each class once. */
export const labelOf = (file: number, n: number): number => (3 * n + file) % 10;

/** Pixel value of the images: arithmetic that tells files, images, channels and pixels apart. */
export const pixelOf = (file: number, n: number, channel: number, pixel: number): number =>
  (31 * file + 7 * n + 101 * channel + 3 * pixel + ((pixel * pixel) % 17)) % 256;

/** File name -> standard records. */
export function smallFiles(): Map<string, Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  FILE_NAMES.forEach((name, file) => {
    const bytes: number[] = [];
    for (let n = 0; n < IMAGES; n++) {
      bytes.push(labelOf(file, n));
      for (let channel = 0; channel < 3; channel++) {
        for (let pixel = 0; pixel < 1024; pixel++) bytes.push(pixelOf(file, n, channel, pixel));
      }
    }
    files.set(name, new Uint8Array(bytes));
  });
  return files;
}

export function smallSpec(): SetSpec {
  const digests: Record<string, string> = {};
  for (const [name, bytes] of smallFiles()) digests[name] = createHash('sha256').update(bytes).digest('hex');
  const mean: number[] = [];
  const deviation: number[] = [];
  for (let channel = 0; channel < 3; channel++) {
    const values: number[] = [];
    for (let file = 0; file < 5; file++) {
      for (let n = 0; n < IMAGES; n++) {
        for (let pixel = 0; pixel < 1024; pixel++) values.push(pixelOf(file, n, channel, pixel) / 255);
      }
    }
    const average = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length;
    mean.push(average);
    deviation.push(Math.sqrt(variance));
  }
  return { digests, recordsPerFile: IMAGES, mean, deviation };
}

/** The form of the official archive. */
export function smallArchive(): Uint8Array<ArrayBuffer> {
  const entries = [...smallFiles()].map(([name, bytes]) => ({ name: `cifar-10-batches-bin/${name}`, bytes }));
  const meta = {
    name: 'cifar-10-batches-bin/batches.meta.txt',
    bytes: new TextEncoder().encode('airplane\n'),
  };
  return buildTar([{ name: 'cifar-10-batches-bin/', bytes: new Uint8Array(0), type: '5' }, meta, ...entries]);
}

/** The PNG of one file: an image a row, 1024 RGB pixels. */
export function smallPng(file: number, width = 1024): Uint8Array {
  const data = new Uint8Array(IMAGES * width * 3);
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3);
    data[i] = pixelOf(file, Math.floor(pixel / width), i % 3, pixel % width);
  }
  return encode({ width, height: IMAGES, data, channels: 3 });
}

/** The entries of the npm package: images first, label lists behind them. */
export function smallPackageEntries(): { name: string; bytes: Uint8Array }[] {
  const pngs = FILE_NAMES.map((name, file) => ({
    name: `package/${name.replace('.bin', '.png')}`,
    bytes: smallPng(file),
  }));
  const labels = (files: number[]) =>
    files.flatMap((file) => Array.from({ length: IMAGES }, (_, n) => labelOf(file, n)));
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return [
    { name: 'package/package.json', bytes: json({ name: 'small' }) },
    ...pngs,
    { name: 'package/test_lables.json', bytes: json(labels([5])) },
    { name: 'package/train_lables.json', bytes: json(labels([0, 1, 2, 3, 4])) },
  ];
}
