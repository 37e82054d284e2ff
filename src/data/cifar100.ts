// CIFAR-100 in its binary form: train.bin and test.bin, records of two label bytes, the coarse class and the fine one,
// and 3072 pixel bytes (C,H,W). https://www.cs.toronto.edu/~kriz/cifar.html
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { readUserFile } from '../io/user_file.ts';
import { IMAGE_BYTES, IMAGE_SIZE } from './cifar10.ts';
import { type Dataset, defineDataset, type ImageSet } from './dataset.ts';

export const CIFAR100_FILES = {
  train: 'train.bin',
  test: 'test.bin',
  names: 'fine_label_names.txt',
} as const;

const CLASSES = 100;
const RECORD_BYTES = 2 + IMAGE_BYTES;

/** Images with their fine classes. Throws UserError for a wrong length or label. */
export function parseCifar100(bytes: Uint8Array, name: string): ImageSet {
  if (bytes.length === 0 || bytes.length % RECORD_BYTES !== 0) {
    throw new UserError(
      `${name}: not a CIFAR-100 binary file: got ${bytes.length} bytes, ` +
        `expected records of ${RECORD_BYTES} bytes (two labels and 3x32x32 pixels)`,
    );
  }
  const count = bytes.length / RECORD_BYTES;
  const images = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint8Array(count);
  for (let n = 0; n < count; n++) {
    const record = bytes.subarray(n * RECORD_BYTES, (n + 1) * RECORD_BYTES);
    labels[n] = record[1]!;
    if (labels[n]! >= CLASSES) {
      throw new UserError(`${name}: record ${n} has label ${labels[n]}; expected 0 to ${CLASSES - 1}`);
    }
    images.set(record.subarray(2), n * IMAGE_BYTES);
  }
  return { images, labels };
}

/** The names of the fine classes, one a line; null where they are not so many. */
export function parseClassNames(text: string): string[] | null {
  const names = text.trim().split(/\s+/);
  return names.length === CLASSES ? names : null;
}

/** Classes are called by their numbers where the file with their names is missing. Throws UserError. */
export async function loadCifar100(files: Files, dir: string): Promise<Dataset> {
  const read = async (part: 'train' | 'test'): Promise<ImageSet> => {
    const path = `${dir}/${CIFAR100_FILES[part]}`;
    if (!(await files.exists(path)))
      throw new UserError(
        `data: ${path} is missing; bring CIFAR-100 there with: nat data cifar100 --dir ${dir}`,
      );
    return parseCifar100(await files.readBytes(path), path);
  };
  const [train, test] = [await read('train'), await read('test')];
  const path = `${dir}/${CIFAR100_FILES.names}`;
  const text = (await files.exists(path)) ? await readUserFile(files, path, path) : null;
  const numbers = Array.from({ length: CLASSES }, (_, label) => String(label));
  const classNames = text === null ? numbers : parseClassNames(text);
  if (!classNames) {
    throw new UserError(`${path}: got ${text!.trim().split(/\s+/).length} names, expected ${CLASSES}`);
  }
  return defineDataset({ classNames, channels: 3, imageSize: IMAGE_SIZE, train, test });
}
