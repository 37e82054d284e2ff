// Images that a small network learns in a few steps: class k is bright in its own quarter, with noise all over.
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
