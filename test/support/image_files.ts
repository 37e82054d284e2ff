// A small image folder in ImageNet's form: JPEG and PNG files that the tests make.
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import encodeJpegImage, { init } from '@jsquash/jpeg/encode.js';
import { encode as encodePng } from 'fast-png';
import { createRng } from '../../src/core/rng.ts';

/** A pixel's colour at a place. */
export type Paint = (x: number, y: number) => readonly [number, number, number];

let ready: Promise<void> | null = null;

/** The encoder that would fetch its code in a browser is given it from the package. */
function startEncoder(): Promise<void> {
  const path = createRequire(import.meta.url).resolve('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm');
  const module = new WebAssembly.Module(readFileSync(path));
  const options = {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  };
  return init(options as unknown as Parameters<typeof init>[0]);
}

function paint(
  width: number,
  height: number,
  colour: Paint,
  channels: 3 | 4,
): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(channels * width * height).fill(255);
  for (let i = 0; i < width * height; i++) data.set(colour(i % width, Math.floor(i / width)), channels * i);
  return data;
}

/** The bytes of a JPEG file. */
export async function jpegOf(
  width: number,
  height: number,
  colour: Paint,
  quality = 95,
): Promise<Uint8Array<ArrayBuffer>> {
  ready ??= startEncoder();
  await ready;
  const image = { width, height, data: paint(width, height, colour, 4), colorSpace: 'srgb' } as ImageData;
  return new Uint8Array(await encodeJpegImage(image, { quality }));
}

/** The bytes of a PNG file. */
export const pngOf = (width: number, height: number, colour: Paint): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(encodePng({ width, height, data: paint(width, height, colour, 3), channels: 3 }));

/** Colours with noise of which each class has one. */
const CLASSES: Readonly<Record<string, readonly [number, number, number]>> = {
  blue: [60, 70, 190],
  green: [70, 180, 60],
  red: [190, 60, 70],
};

/**
 * Makes a folder with `train` and `val` images of three classes that their colour tells apart, of various sizes.
 * Images are JPEG but for every fourth, a PNG whose name says JPEG.
 */
export async function makeImageFolder(train: number, val: number): Promise<{ dir: string; remove(): void }> {
  const dir = mkdtempSync(join(tmpdir(), 'nat-images-'));
  const rng = createRng(17, 0);
  for (const [part, count] of [
    ['train', train],
    ['val', val],
  ] as const) {
    for (const [name, base] of Object.entries(CLASSES)) {
      mkdirSync(join(dir, part, name), { recursive: true });
      for (let n = 0; n < count; n++) {
        const [width, height] = [40 + rng.int(30), 40 + rng.int(30)];
        const colour: Paint = () => [base[0] + rng.int(60), base[1] + rng.int(60), base[2] + rng.int(60)];
        const bytes = n % 4 === 3 ? pngOf(width, height, colour) : await jpegOf(width, height, colour);
        writeFileSync(join(dir, part, name, `${name}_${n}.JPEG`), bytes);
      }
    }
  }
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
