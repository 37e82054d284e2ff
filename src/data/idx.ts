// The IDX form of MNIST and of what took its place, Fashion-MNIST: four files, packed by gzip or not. A file is a magic
// number (two zeros, 8 for bytes, the number of dimensions), the dimensions as big-endian words, and the bytes.
// http://yann.lecun.com/exdb/mnist/
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { gunzip } from '../io/gunzip.ts';
import { type Dataset, defineDataset, type ImageSet } from './dataset.ts';

const PARTS = { train: 'train', test: 't10k' } as const;

const fileName = (part: keyof typeof PARTS, what: 'images' | 'labels'): string =>
  `${PARTS[part]}-${what}-idx${what === 'images' ? 3 : 1}-ubyte`;

const IMAGES = fileName('train', 'images');

/** One of these shows that a folder has this form. */
export const IDX_FILES: readonly string[] = [IMAGES, `${IMAGES}.gz`];

/** Bytes that a file may have, unpacked. */
const LARGEST = 2 ** 31;

/** The dimensions and the bytes of a file. Throws UserError where it is none of so many dimensions. */
export function parseIdx(
  bytes: Uint8Array<ArrayBuffer>,
  dimensions: number,
  name: string,
): { readonly shape: readonly number[]; readonly data: Uint8Array<ArrayBuffer> } {
  const header = 4 + 4 * dimensions;
  const magic = [0, 0, 8, dimensions];
  if (bytes.length < header || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new UserError(
      `${name}: not an IDX file of bytes in ${dimensions} dimension${dimensions > 1 ? 's' : ''}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + 4 * i));
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (bytes.length - header !== size) {
    throw new UserError(`${name}: got ${bytes.length - header} bytes, expected ${shape.join(' x ')}`);
  }
  return { shape, data: bytes.subarray(header) };
}

/** Grey images; classes are called by their numbers. Throws UserError. */
export async function loadIdx(files: Files, dir: string): Promise<Dataset> {
  const [train, test] = [await loadPart(files, dir, 'train'), await loadPart(files, dir, 'test')];
  if (train.imageSize !== test.imageSize) {
    throw new UserError(
      `data: ${dir} has training images of ${train.imageSize} pixels a side and test images of ${test.imageSize}`,
    );
  }
  let classes = 0;
  for (const label of train.set.labels) classes = Math.max(classes, label + 1);
  const classNames = Array.from({ length: classes }, (_, label) => String(label));
  return defineDataset({
    ...{ classNames, channels: 1, imageSize: train.imageSize },
    ...{ train: train.set, test: test.set },
  });
}

async function loadPart(
  files: Files,
  dir: string,
  part: keyof typeof PARTS,
): Promise<{ readonly imageSize: number; readonly set: ImageSet }> {
  const images = await read(files, `${dir}/${fileName(part, 'images')}`, 3);
  const labels = await read(files, `${dir}/${fileName(part, 'labels')}`, 1);
  const [count, height, width] = images.shape as [number, number, number];
  if (height !== width || count === 0) {
    throw new UserError(`${images.path}: got ${images.shape.join(' x ')} bytes, expected square images`);
  }
  if (labels.shape[0] !== count) {
    throw new UserError(`${labels.path}: got ${labels.shape[0]} labels for ${count} images`);
  }
  return { imageSize: height, set: { images: images.data, labels: labels.data } };
}

async function read(files: Files, path: string, dimensions: number) {
  const plain = await files.exists(path);
  const found = plain ? path : `${path}.gz`;
  if (!(await files.exists(found))) throw new UserError(`data: ${path} is missing, and so is ${found}`);
  const bytes = await files.readBytes(found);
  const unpacked = plain ? bytes : await gunzip(bytes, LARGEST, found);
  return { path: found, ...parseIdx(unpacked, dimensions, found) };
}
