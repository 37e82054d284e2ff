// A folder of class folders as a data set in memory.
import type { Dataset } from './dataset.ts';
import { decodeDataset, type EncodedImage, type EncodedPart } from './decoded_images.ts';
import { type ImageList, listImageFolder } from './image_folder.ts';
import type { DataSources, LoadOptions } from './sources.ts';

/** Throws UserError where the folder has another form, or an image is damaged or of another size. */
export async function loadFolderImages(
  sources: DataSources,
  dir: string,
  options: LoadOptions,
): Promise<Dataset> {
  const { classNames, train, test } = await listImageFolder(sources.files, dir);
  return decodeDataset(sources, { classNames, train: filesOf(train), test: filesOf(test) }, options);
}

const filesOf = ({ count, pathOf, labelOf }: ImageList): EncodedPart => ({
  count,
  chunks: () => [
    Array.from({ length: count }, (_, i): EncodedImage => ({ path: pathOf(i), label: labelOf(i) })),
  ],
});
