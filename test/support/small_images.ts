// Images that a small network learns in a few steps: class k is bright in its own quarter, with noise all over.
import * as assert from 'uvu/assert';
import { UserError } from '../../runtime/errors.ts';
import { createRng } from '../../src/core/rng.ts';

export const SMALL_SHAPE = [2, 8, 8] as const;
export const SMALL_CLASSES = 4;

/** `count` images (N,2,8,8) of bytes and their classes, one after the other; equal for equal seeds. */
export function smallImages(count: number, seed: number) {
  const [channels, height, width] = SMALL_SHAPE;
  const rng = createRng(seed, 0);
  const images = new Uint8Array(count * channels * height * width);
  const labels = Uint8Array.from({ length: count }, (_, n) => n % SMALL_CLASSES);
  for (let i = 0; i < images.length; i++) {
    const n = Math.floor(i / (channels * height * width));
    const [y, x] = [Math.floor(i / width) % height, i % width];
    const quarter = 2 * Number(y >= height / 2) + Number(x >= width / 2);
    images[i] = rng.int(160) + (quarter === labels[n] ? 60 : 0);
  }
  return { images, labels };
}

/** The images in batches of a size, the last one as small as it comes. */
export function* batchesOf(
  { images, labels }: { readonly images: Uint8Array<ArrayBuffer>; readonly labels: Uint8Array },
  size: number,
) {
  const values = 2 * 8 * 8;
  for (let first = 0; first < labels.length; first += size) {
    yield {
      images: images.subarray(first * values, (first + size) * values),
      labels: labels.subarray(first, first + size),
    };
  }
}

/** Expects a UserError. */
export async function rejects(promise: Promise<unknown>, message: RegExp): Promise<void> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable(`expected ${message}`);
}
