// What a run remembers of the images that it saw, in its config.json. A run on images of CIFAR-10's form remembers nothing.
import { UserError } from '../../runtime/errors.ts';
import { sha256 } from '../io/digest.ts';
import { CIFAR10_FORMAT } from './cifar10.ts';
import { IMAGENET_NORMALISATION, type ImageFolder } from './image_folder.ts';
import type { Dataset, ImageFormat, ImageSet } from './dataset.ts';

export interface DatasetRecord extends ImageFormat {
  readonly trainImages: number;
  readonly testImages: number;
  /** Of all images and their classes; of files that are streamed, of their names alone. */
  readonly sha256: string;
}

/** What a configuration may say of its images. */
export interface WithDataset {
  readonly imageSize?: number | undefined;
  /** Left out for images of CIFAR-10's form. */
  readonly dataset?: DatasetRecord | undefined;
}

/** The format that a run's networks and feeds have. */
export const formatOf = ({ dataset, imageSize }: WithDataset): ImageFormat =>
  dataset ?? { ...CIFAR10_FORMAT, imageSize: imageSize || CIFAR10_FORMAT.imageSize };

/** The configuration of a run on these images. */
export async function withDataset<T extends object>(config: T, data: Dataset): Promise<T & WithDataset> {
  const record = await recordOf(data);
  const { dataset: _, ...rest } = config as T & WithDataset;
  return (record ? { ...rest, dataset: record } : rest) as T & WithDataset;
}

/** Undefined for images of CIFAR-10's form. */
export async function recordOf({
  classNames,
  format,
  train,
  test,
}: Dataset): Promise<DatasetRecord | undefined> {
  if (sameValues(format, CIFAR10_FORMAT)) return undefined;
  const digests = [await sha256(new TextEncoder().encode(JSON.stringify(classNames)))];
  for (const { images, labels } of [train, test]) {
    digests.push(await sha256(images), await sha256(bytesOf(labels)));
  }
  return {
    ...format,
    trainImages: train.labels.length,
    testImages: test.labels.length,
    sha256: await sha256(new TextEncoder().encode(digests.join())),
  };
}

/** Of images that stay in their files: what the files are called, not what is in them. */
export async function recordOfFolder(
  { classNames, train, test }: ImageFolder,
  imageSize: number,
): Promise<DatasetRecord> {
  const names = [train, test].map(({ count, pathOf }) =>
    Array.from({ length: count }, (_, i) => pathOf(i).split('/').slice(-3).join('/')),
  );
  return {
    ...{ classes: classNames.length, channels: 3, imageSize, ...IMAGENET_NORMALISATION },
    ...{ trainImages: train.count, testImages: test.count },
    sha256: await sha256(new TextEncoder().encode(JSON.stringify(names))),
  };
}

/** Two bytes a label, the lower one first, on every machine. */
const bytesOf = (labels: ImageSet['labels']): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 2 * labels.length }, (_, i) => (labels[i >> 1]! >> (8 * (i & 1))) & 255);

const sameValues = (a: object, b: object): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

const sorted = (value: object): unknown[] =>
  Object.entries(value).sort(([a], [b]) => (a < b ? -1 : Number(a > b)));

/** Throws UserError where a network made for one format cannot see images of the other. */
export function requireFormat(found: ImageFormat, wanted: ImageFormat, data: string): void {
  const words = ({ classes, channels, imageSize }: ImageFormat): string =>
    `${classes} classes of ${channels} x ${imageSize} x ${imageSize} images`;
  if (words(found) === words(wanted)) return;
  throw new UserError(
    `data ${data}: got ${words(found)}, but this run is of ${words(wanted)}; give it such images`,
  );
}
