// Encoded images as a data set in memory: decoded beside the main thread, where that can be, and brought to one size.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { type Dataset, defineDataset, type ImageSet, newLabels } from './dataset.ts';
import { withoutColour } from './grey.ts';
import type { ImageDecoder } from './image_stream.ts';
import type { DataSources, LoadOptions } from './sources.ts';
import { prepareImage } from './prepare_image.ts';

/** A JPEG or PNG image. */
export interface EncodedImage {
  /** Its file; or what errors call it, where its bytes are given. */
  readonly path: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly label: number;
}

/** The training images or the test images. */
export interface EncodedPart {
  readonly count: number;
  /** All of them in order, some at a time. */
  chunks(): AsyncIterable<readonly EncodedImage[]> | Iterable<readonly EncodedImage[]>;
}

export interface EncodedDataset {
  readonly classNames: readonly string[];
  readonly train: EncodedPart;
  readonly test: EncodedPart;
}

/** Bytes that the images of a part may take. */
const LARGEST = 2 ** 31;

/** Images that are decoded at a time. */
const AT_ONCE = 64;

const GIVE_SIZE = 'give the height and width that all are brought to with --image-size';

/** Damaged images end it unless `damaged` hears of them. Throws UserError. */
export async function decodeDataset(
  sources: DataSources,
  { classNames, train, test }: EncodedDataset,
  options: LoadOptions,
): Promise<Dataset> {
  const decoder = sources.openDecoder?.() ?? onThisThread(sources.files);
  const own = !options.imageSize;
  try {
    const imageSize = options.imageSize || (await sizeOf(decoder, train));
    const total = train.count + test.count;
    const read = (part: EncodedPart, first: number): Promise<ImageSet> => {
      const report = (done: number): void => sources.reading?.(first + done, total);
      const labels = newLabels(part.count, classNames.length);
      return decodePart(decoder, part, { ...options, imageSize, own, labels }, report);
    };
    const sets = { train: await read(train, 0), test: await read(test, train.count) };
    return defineDataset({ classNames, imageSize, ...withoutColour(sets, imageSize) });
  } finally {
    await decoder.close();
  }
}

const onThisThread = (files: Files): ImageDecoder => ({
  decode: async (job) => prepareImage(job.bytes ?? (await files.readBytes(job.path)), job),
  close: async () => {},
});

/** Height and width of the first image, which is square. */
async function sizeOf(decoder: ImageDecoder, part: EncodedPart): Promise<number> {
  for await (const [first] of part.chunks()) {
    if (!first) continue;
    const image = await decoder.decode({ ...first, size: 1, random: null, whole: true });
    if ('damaged' in image) throw damage(first.path, image.damaged);
    const { width, height } = image;
    if (width === height) return width;
    throw new UserError(`image ${first.path} has ${width} x ${height} pixels; ${GIVE_SIZE}`);
  }
  throw new UserError('data: there are no training images');
}

const damage = (path: string, reason: string): UserError =>
  new UserError(`image ${path} is damaged: ${reason}; remove it`);

interface Decoding extends LoadOptions {
  readonly imageSize: number;
  /** Whether that is the images' own size. */
  readonly own: boolean;
  readonly labels: ImageSet['labels'];
}

async function decodePart(
  decoder: ImageDecoder,
  { count, chunks }: EncodedPart,
  { imageSize, own, labels, damaged }: Decoding,
  report: (done: number) => void,
): Promise<ImageSet> {
  const imageBytes = 3 * imageSize * imageSize;
  if (count * imageBytes > LARGEST) {
    throw new UserError(
      `data: ${count} images of ${imageSize} x ${imageSize} pixels are too many to lie in memory; ` +
        'use a smaller --image-size, or stream a folder of them: nat train --setting imagenet',
    );
  }
  const images = new Uint8Array(count * imageBytes);
  let [done, live] = [0, 0];
  for await (const chunk of chunks()) {
    for (let first = 0; first < chunk.length; first += AT_ONCE) {
      const some = chunk.slice(first, first + AT_ONCE);
      const decoded = await Promise.all(
        some.map(({ path, bytes }) =>
          decoder.decode({ path, ...(bytes && { bytes }), size: imageSize, random: null, whole: true }),
        ),
      );
      decoded.forEach((image, n) => {
        const { path, label } = some[n]!;
        if ('damaged' in image) {
          if (!damaged) throw damage(path, image.damaged);
          return damaged(path, image.damaged);
        }
        const { width, height, pixels } = image;
        if (own && (width !== imageSize || height !== imageSize)) {
          throw new UserError(
            `image ${path} has ${width} x ${height} pixels, others ${imageSize} x ${imageSize}; ${GIVE_SIZE}`,
          );
        }
        images.set(pixels, live * imageBytes);
        labels[live++] = label;
      });
      report((done += some.length));
    }
  }
  return { images: images.subarray(0, live * imageBytes), labels: labels.subarray(0, live) };
}
