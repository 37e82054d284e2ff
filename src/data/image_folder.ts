// ImageNet's form on disk: DIR/train/CLASS/ and DIR/val/CLASS/, or test in place of val, with JPEG and PNG images. Classes are numbered in the
// order of their names.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';

/** The images of one of the two folders. */
export interface ImageList {
  readonly count: number;
  pathOf(index: number): string;
  labelOf(index: number): number;
}

export interface ImageFolder {
  readonly classNames: readonly string[];
  readonly train: ImageList;
  readonly test: ImageList;
}

/** Mean and deviation of ImageNet's training images, pixels scaled to 0..1, in R, G, B. */
export const IMAGENET_NORMALISATION = {
  mean: [0.485, 0.456, 0.406],
  deviation: [0.229, 0.224, 0.225],
} as const;

const IMAGE_NAME = /\.(?:jpe?g|png)$/i;

/** Lists the folder; no image is opened. Throws UserError where it has another form. */
export async function listImageFolder(files: Files, dir: string): Promise<ImageFolder> {
  const train = await listPart(files, `${dir}/train`, null);
  // where there are both, the labelled images are those of val, as in ImageNet
  const isTest = !(await files.exists(`${dir}/val`)) && (await files.exists(`${dir}/test`));
  const name = isTest ? 'test' : 'val';
  const test = await listPart(files, `${dir}/${name}`, train.classNames);
  return { classNames: train.classNames, train: train.list, test: test.list };
}

/** @param known the classes that there may be; null for any */
async function listPart(
  files: Files,
  dir: string,
  known: readonly string[] | null,
): Promise<{ classNames: readonly string[]; list: ImageList }> {
  const entries = await namesIn(files, dir);
  if (entries === null) {
    throw new UserError(
      `data: ${dir} is no folder; expected one folder a class in it, with JPEG or PNG images`,
    );
  }
  const classNames: string[] = [];
  const names: string[] = [];
  const folders: number[] = [];
  for (const entry of entries.sort()) {
    const inside = await namesIn(files, `${dir}/${entry}`);
    if (inside === null) continue;
    const images = inside.filter((name) => IMAGE_NAME.test(name)).sort();
    if (known && !known.includes(entry)) {
      throw new UserError(`data: class '${entry}' of ${dir} is not among the training images`);
    }
    if (images.length === 0) throw new UserError(`data: ${dir}/${entry} holds no JPEG or PNG image`);
    for (const name of images) {
      names.push(name);
      folders.push(classNames.length);
    }
    classNames.push(entry);
  }
  if (names.length === 0) throw new UserError(`data: ${dir} holds no folder with images`);
  const labels = classNames.map((name) => (known ?? classNames).indexOf(name));
  return {
    classNames,
    list: {
      count: names.length,
      pathOf: (index) => `${dir}/${classNames[folders[index]!]}/${names[index]}`,
      labelOf: (index) => labels[folders[index]!]!,
    },
  };
}

/** Names in a folder; null where there is no such folder. */
async function namesIn(files: Files, path: string): Promise<string[] | null> {
  try {
    return await files.list(path);
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
