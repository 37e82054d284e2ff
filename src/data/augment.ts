// What happens to the images of a batch: for each, the matrix that leads from an output pixel to its source pixel, and
// a rectangle to cut out. Random crop after padding by 4, horizontal flip and cutout (DeVries and Taylor, 2017), drawn
// anew for every image of every step; for evaluation the identity. augment.wgsl applies it.
import { mat3 } from 'wgpu-matrix';
import type { Rng } from '../core/rng.ts';

/** Words of one sample as augment.wgsl reads it: a mat3x3f (three columns of 4), a rectangle, an index, padding. */
export const SAMPLE_WORDS = 20;

export interface Augmentation {
  /** Pixels of padding before the random crop; 0 for none. */
  readonly padding: number;
  readonly flip: boolean;
  /** Edge of the square that is cut out, clipped at the border; 0 for none. */
  readonly cutout: number;
}

/** Crop and flip: what a search trains with. */
export const CROP_AND_FLIP: Augmentation = { padding: 4, flip: true, cutout: 0 };

/** The samples of a batch in host memory, with views of each; rewritten for every batch. */
export interface Samples {
  readonly words: Float32Array<ArrayBuffer>;
  readonly matrices: readonly Float32Array<ArrayBuffer>[];
  readonly rectangles: readonly Float32Array<ArrayBuffer>[];
  readonly indices: readonly Uint32Array<ArrayBuffer>[];
}

export function newSamples(batch: number): Samples {
  const words = new Float32Array(SAMPLE_WORDS * batch);
  const views = <T>(view: (byteOffset: number) => T): T[] =>
    Array.from({ length: batch }, (_, n) => view(4 * SAMPLE_WORDS * n));
  return {
    words,
    matrices: views((at) => new Float32Array(words.buffer, at, 12)),
    rectangles: views((at) => new Float32Array(words.buffer, at + 48, 4)),
    indices: views((at) => new Uint32Array(words.buffer, at + 64, 1)),
  };
}

const shift = new Float32Array(2);
const mirror = mat3.create();

/** Sets sample `n` to image `index` as it is. */
export function placeUnchanged(samples: Samples, n: number, index: number): void {
  mat3.identity(samples.matrices[n]!);
  samples.rectangles[n]!.fill(0);
  samples.indices[n]![0] = index;
}

/** Sets sample `n` to image `index` of `size` x `size` pixels, changed at random. */
export function placeAugmented(
  samples: Samples,
  n: number,
  index: number,
  size: number,
  { padding, flip, cutout }: Augmentation,
  rng: Rng,
): void {
  placeUnchanged(samples, n, index);
  const matrix = samples.matrices[n]!;
  if (padding > 0) {
    shift[0] = rng.int(2 * padding + 1) - padding;
    shift[1] = rng.int(2 * padding + 1) - padding;
    mat3.translation(shift, matrix);
  }
  if (flip && rng.int(2) === 1) {
    // x -> size - x, before the crop's shift
    shift[0] = size;
    shift[1] = 0;
    mat3.translation(shift, mirror);
    shift[0] = -1;
    shift[1] = 1;
    mat3.scale(mirror, shift, mirror);
    mat3.multiply(matrix, mirror, matrix);
  }
  if (cutout > 0) {
    const rectangle = samples.rectangles[n]!;
    const left = rng.int(size) - Math.floor(cutout / 2);
    const top = rng.int(size) - Math.floor(cutout / 2);
    rectangle[0] = left;
    rectangle[1] = top;
    rectangle[2] = left + cutout;
    rectangle[3] = top + cutout;
  }
}
