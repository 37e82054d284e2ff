// Small image files as a data set in memory, as CIFAR-10 is: decoded, and brought to one size.
import { UserError } from '../../runtime/errors.ts';
import { type Dataset, defineDataset, type ImageSet, newLabels } from './dataset.ts';
import { withoutColour } from './grey.ts';
import { type ImageList, listImageFolder } from './image_folder.ts';
import type { ImageDecoder } from './image_stream.ts';
import type { DataSources, LoadOptions } from './load.ts';
import { prepareImage } from './prepare_image.ts';

/** Bytes that the images of a part may take. */
const LARGEST = 2 ** 31;

/** Images that are decoded at a time. */
const AT_ONCE = 64;

/** Damaged images end it unless `damaged` hears of them. Throws UserError. */
export async function loadFolderImages(
  sources: DataSources,
  dir: string,
  options: LoadOptions,
): Promise<Dataset> {
  const { classNames, train, test } = await listImageFolder(sources.files, dir);
  const decoder = sources.openDecoder?.() ?? onThisThread(sources);
  try {
    const imageSize = options.imageSize || (await sizeOf(decoder, train.pathOf(0)));
    const total = train.count + test.count;
    const read = (list: ImageList, first: number): Promise<ImageSet> => {
      const labels = newLabels(list.count, classNames.length);
      const reading = { ...options, imageSize, own: !options.imageSize, labels };
      const report = (done: number): void => sources.reading?.(first + done, total);
      return readImages(decoder, list, reading, report);
    };
    const sets = { train: await read(train, 0), test: await read(test, train.count) };
    return defineDataset({ classNames, imageSize, ...withoutColour(sets, imageSize) });
  } finally {
    await decoder.close();
  }
}

const onThisThread = ({ files }: Pick<DataSources, 'files'>): ImageDecoder => ({
  decode: async (job) => prepareImage(await files.readBytes(job.path), job),
  close: async () => {},
});

const GIVE_SIZE = 'give the height and width that all are brought to with --image-size';

/** Height and width of a square image. */
async function sizeOf(decoder: ImageDecoder, path: string): Promise<number> {
  const image = await decoder.decode({ path, size: 1, random: null, whole: true });
  if ('damaged' in image) throw new UserError(`image ${path} is damaged: ${image.damaged}; remove it`);
  const { width, height } = image;
  if (width !== height) throw new UserError(`image ${path} has ${width} x ${height} pixels; ${GIVE_SIZE}`);
  return width;
}

interface Reading extends LoadOptions {
  readonly imageSize: number;
  /** Whether that is the images' own size. */
  readonly own: boolean;
  readonly labels: ImageSet['labels'];
}

async function readImages(
  decoder: ImageDecoder,
  { count, pathOf, labelOf }: ImageList,
  { imageSize, own, labels, damaged }: Reading,
  report: (done: number) => void,
): Promise<ImageSet> {
  const imageBytes = 3 * imageSize * imageSize;
  if (count * imageBytes > LARGEST) {
    throw new UserError(
      `data: ${count} images of ${imageSize} x ${imageSize} pixels are too many to lie in memory; ` +
        'use a smaller --image-size, or stream them: nat train --setting imagenet',
    );
  }
  const images = new Uint8Array(count * imageBytes);
  let live = 0;
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    const decoded = await Promise.all(
      some.map((i) => decoder.decode({ path: pathOf(i), size: imageSize, random: null, whole: true })),
    );
    decoded.forEach((image, n) => {
      const path = pathOf(first + n);
      if ('damaged' in image) {
        if (!damaged) throw new UserError(`image ${path} is damaged: ${image.damaged}; remove it`);
        return damaged(path, image.damaged);
      }
      const { width, height, pixels } = image;
      if (own && (width !== imageSize || height !== imageSize)) {
        throw new UserError(
          `image ${path} has ${width} x ${height} pixels, others ${imageSize} x ${imageSize}; ${GIVE_SIZE}`,
        );
      }
      images.set(pixels, live * imageBytes);
      labels[live++] = labelOf(first + n);
    });
    report(Math.min(count, first + AT_ONCE));
  }
  return { images: images.subarray(0, live * imageBytes), labels: labels.subarray(0, live) };
}
