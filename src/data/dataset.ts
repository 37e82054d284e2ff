// A data set that lies in memory, and what networks and feeds must know of one.
import { UserError } from '../../runtime/errors.ts';
import { addPixels, emptyPixelSums, meanAndDeviation } from './pixel_sums.ts';

/** `images` holds N*C*S*S bytes (N,C,S,S), `labels` N classes from 0. */
export interface ImageSet {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
}

/** Of the training images, pixels scaled to 0..1, by channel. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** What the sizes of networks follow from, and how pixels become their inputs. */
export interface ImageFormat extends Normalisation {
  readonly classes: number;
  /** 3 (R, G, B) or 1 (grey). */
  readonly channels: number;
  /** Height and width. */
  readonly imageSize: number;
}

/** A data set in memory: training and test images of one format. */
export interface Dataset {
  /** As many as the format has classes. */
  readonly classNames: readonly string[];
  readonly format: ImageFormat;
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** A data set as a program has it. */
export interface DatasetParts extends Partial<Normalisation> {
  readonly classNames: readonly string[];
  readonly channels: number;
  readonly imageSize: number;
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** What `--data` takes, and what `--image-size` is for. */
export const DATA_IN_WORDS =
  "'sample', or a folder: CIFAR-10 or CIFAR-100 (binary), Fashion-MNIST (IDX), parquet files of the Hugging Face hub, or " +
  'train/CLASS/ and val/CLASS/ (or test/CLASS/) of JPEG and PNG images';
export const IMAGE_SIZE_IN_WORDS =
  'height and width that the images of a folder are brought to; their own unless given, where all have the same';

/** Classes that a label of two bytes can name. */
export const MOST_CLASSES = 2 ** 16;

/**
 * A data set from images in memory. Mean and deviation are those of the training images unless given.
 * Throws UserError where lengths, labels or the normalisation do not fit.
 */
export function defineDataset({
  classNames,
  channels,
  imageSize,
  train,
  test,
  ...given
}: DatasetParts): Dataset {
  const classes = classNames.length;
  if (channels !== 1 && channels !== 3)
    throw new UserError(`data set: got ${channels} channels, expected 1 or 3`);
  if (!Number.isInteger(imageSize) || imageSize < 1) {
    throw new UserError(
      `data set: got images of ${imageSize} pixels a side, expected a whole number of 1 or more`,
    );
  }
  if (classes < 1 || classes > MOST_CLASSES) {
    throw new UserError(`data set: got ${classes} classes, expected 1 to ${MOST_CLASSES}`);
  }
  for (const [part, { images, labels }] of Object.entries({ training: train, test })) {
    const bytes = labels.length * channels * imageSize * imageSize;
    if (images.length !== bytes) {
      throw new UserError(
        `data set: got ${images.length} bytes of ${part} images and ${labels.length} labels, ` +
          `expected ${bytes} bytes (${channels} x ${imageSize} x ${imageSize} an image)`,
      );
    }
    const wrong = labels.findIndex((label) => label >= classes);
    if (wrong >= 0) {
      throw new UserError(
        `data set: ${part} image ${wrong} has label ${labels[wrong]}; expected 0 to ${classes - 1}`,
      );
    }
  }
  const normalisation = { ...normalisationOf(train, channels, imageSize), ...given };
  checkNormalisation(normalisation, channels);
  return { classNames, format: { classes, channels, imageSize, ...normalisation }, train, test };
}

/** Throws UserError where there is not one mean and one deviation, more than 0, for each channel. */
export function checkNormalisation({ mean, deviation }: Normalisation, channels: number): void {
  if (mean.length !== channels || deviation.length !== channels) {
    throw new UserError(
      `normalisation: got ${mean.length} means and ${deviation.length} deviations, expected ${channels} of each`,
    );
  }
  const wrong = [
    ...mean.filter((value) => !Number.isFinite(value)),
    ...deviation.filter((value) => !(value > 0 && value < Infinity)),
  ];
  if (wrong.length > 0) {
    throw new UserError(
      `normalisation: got ${wrong[0]}, expected finite means, and deviations of more than 0`,
    );
  }
}

/** Mean and deviation of each channel; 1 for a channel that does not deviate. Without images, those of a blank one. */
function normalisationOf({ images }: ImageSet, channels: number, imageSize: number): Normalisation {
  const sums = emptyPixelSums(channels);
  addPixels(sums, images, imageSize * imageSize);
  if (sums.pixels === 0) return { mean: sums.sum, deviation: sums.sum.map(() => 1) };
  const { mean, deviation } = meanAndDeviation(sums);
  return { mean, deviation: deviation.map((value) => value || 1) };
}

/** Room for labels of so many classes. */
export const newLabels = (count: number, classes: number): ImageSet['labels'] =>
  classes <= 2 ** 8 ? new Uint8Array(count) : new Uint16Array(count);

/** Images of several sets as one, in the order given. @param imageBytes of one image */
export function takeImages(
  imageBytes: number,
  ...parts: readonly { readonly set: ImageSet; readonly indices: Int32Array }[]
): ImageSet {
  const count = parts.reduce((sum, { indices }) => sum + indices.length, 0);
  const wide = parts.some(({ set }) => set.labels instanceof Uint16Array);
  const taken = {
    images: new Uint8Array(count * imageBytes),
    labels: newLabels(count, wide ? MOST_CLASSES : 1),
  };
  let n = 0;
  for (const { set, indices } of parts) {
    for (const index of indices) {
      taken.labels[n] = set.labels[index]!;
      taken.images.set(set.images.subarray(index * imageBytes, (index + 1) * imageBytes), n * imageBytes);
      n++;
    }
  }
  return taken;
}

export const imageBytesOf = ({ channels, imageSize }: Pick<ImageFormat, 'channels' | 'imageSize'>): number =>
  channels * imageSize * imageSize;
