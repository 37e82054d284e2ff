// Images as users give them: arrays, or batches one after the other; and the way from their bytes to a batch.
import { UserError } from '../../runtime/errors.ts';
import { newSamples, type Samples } from '../data/augment.ts';
import type { Normalisation } from '../data/dataset.ts';
import type { ImageShape } from './network.ts';

/** (N,C,H,W): bytes, which are normalised, or numbers, which are taken as they are. */
export type Pixels = Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Images and their classes, from 0 on; without classes they can be predicted only. */
export interface ImageArrays {
  readonly images: Pixels;
  readonly labels?: ArrayLike<number>;
}

/** Batches one after the other: an array of them, a generator, a stream. */
export type ImageBatches = Iterable<ImageArrays> | AsyncIterable<ImageArrays>;

/** All at once, or in batches. */
export type Images = ImageArrays | ImageBatches;

export const isArrays = (images: object): images is ImageArrays => 'images' in images;

/** What a network says of images: shape, classes, and how bytes are normalised. */
export interface ImageFormat {
  readonly shape: ImageShape;
  readonly classes: number;
  readonly normalisation: Normalisation;
}

/** Bytes from 0 to 255 become -1 to 1. */
export const defaultNormalisation = ([channels]: ImageShape): Normalisation => ({
  mean: Array.from({ length: channels }, () => 0.5),
  deviation: Array.from({ length: channels }, () => 0.5),
});

/** How many images there are. Throws UserError where they are not of the shape, or a label is missing or no class. */
export function countImages(
  { images, labels }: ImageArrays,
  { shape, classes }: Pick<ImageFormat, 'shape' | 'classes'>,
  labelled: boolean,
): number {
  const size = shape[0] * shape[1] * shape[2];
  const count = images.length / size;
  if (!Number.isInteger(count)) {
    throw new UserError(
      `images: got ${images.length} values, expected a multiple of ${size}: the network takes images of (${shape})`,
    );
  }
  if (!labelled) return count;
  if (!labels) throw new UserError(`images: got ${count} images without labels, expected a class for each`);
  if (labels.length !== count) {
    throw new UserError(
      `images: got ${labels.length} labels for ${images.length} values, which are ${count} images of (${shape})`,
    );
  }
  for (let n = 0; n < count; n++) {
    const label = labels[n]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new UserError(
        `images: label ${label} of image ${n}: expected a class from 0 to ${classes - 1}, which the network tells apart`,
      );
    }
  }
  return count;
}

/** Copies images into the rows of a batch. */
export class BatchWriter {
  /** (batch,C,H,W). */
  readonly images: Float32Array<ArrayBuffer>;
  /** (batch). */
  readonly targets: Int32Array<ArrayBuffer>;
  /** Where the pixels of a row come from, and what is cut out of it: a sample of one image. */
  readonly sample: Samples = newSamples(1);
  private readonly scale: number[];
  private readonly shift: number[];

  constructor(
    readonly batch: number,
    private readonly format: ImageFormat,
  ) {
    const [channels, height, width] = format.shape;
    this.images = new Float32Array(batch * channels * height * width);
    this.targets = new Int32Array(batch);
    const { mean, deviation } = format.normalisation;
    this.scale = deviation.map((d) => 1 / (255 * d));
    this.shift = mean.map((m, c) => -m / deviation[c]!);
  }

  /** Row `row` becomes image `index` as it is. */
  copy(row: number, { images, labels }: ImageArrays, index: number): void {
    const [channels, height, width] = this.format.shape;
    const plane = height * width;
    const size = channels * plane;
    const [from, to] = [index * size, row * size];
    if (labels) this.targets[row] = labels[index]!;
    if (images instanceof Float32Array) {
      this.images.set(images.subarray(from, from + size), to);
      return;
    }
    for (let c = 0; c < channels; c++) {
      const [scale, shift] = [this.scale[c]!, this.shift[c]!];
      for (let i = c * plane; i < (c + 1) * plane; i++)
        this.images[to + i] = images[from + i]! * scale + shift;
    }
  }

  /** Row `row` becomes image `index`, its pixels taken from where `sample` says: shifted, mirrored, cut out. */
  copyAugmented(row: number, { images, labels }: ImageArrays, index: number): void {
    const [channels, height, width] = this.format.shape;
    const plane = height * width;
    const [from, to] = [index * channels * plane, row * channels * plane];
    if (labels) this.targets[row] = labels[index]!;
    const bytes = images instanceof Uint8Array;
    // columns of a mat3x3f: x and y of the source follow from x and y alone (data/augment.ts)
    const matrix = this.sample.matrices[0]!;
    const [left, top, right, bottom] = this.sample.rectangles[0]! as unknown as [
      number,
      number,
      number,
      number,
    ];
    for (let y = 0; y < height; y++) {
      const sourceY = Math.floor(matrix[5]! * (y + 0.5) + matrix[9]!);
      const rowInside = sourceY >= 0 && sourceY < height;
      const rowCut = y + 0.5 > top && y + 0.5 < bottom;
      for (let x = 0; x < width; x++) {
        const sourceX = Math.floor(matrix[0]! * (x + 0.5) + matrix[8]!);
        const inside = rowInside && sourceX >= 0 && sourceX < width;
        const cut = rowCut && x + 0.5 > left && x + 0.5 < right;
        for (let c = 0; c < channels; c++) {
          const pixel = inside ? images[from + c * plane + sourceY * width + sourceX]! : 0;
          const value = bytes ? pixel * this.scale[c]! + this.shift[c]! : pixel;
          this.images[to + c * plane + y * width + x] = cut ? 0 : value;
        }
      }
    }
  }

  /** Rows from `live` on become copies of the first ones, so that they hold numbers; nobody counts them. */
  pad(live: number): void {
    const size = this.images.length / this.batch;
    for (let row = live; row < this.batch; row++) {
      const source = row % live;
      this.images.copyWithin(row * size, source * size, (source + 1) * size);
      this.targets[row] = this.targets[source]!;
    }
  }
}
