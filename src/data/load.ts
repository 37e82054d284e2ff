// The images of a run: the sample that comes with the program, or a folder in one of the forms that are known.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { CIFAR100_FILES, loadCifar100 } from './cifar100.ts';
import { loadCifar10, TEST_FILE, TRAIN_FILES } from './cifar10.ts';
import type { Dataset } from './dataset.ts';
import { IDX_FILES, loadIdx } from './idx.ts';
import { hasParquet } from './parquet_list.ts';
import { parseSample, SAMPLE_FILES } from './sample.ts';
import type { DataSources, LoadOptions } from './sources.ts';

/** A form of data on the disk. */
interface DataForm {
  readonly holds: string;
  found(files: Files, dir: string): Promise<boolean>;
  load(sources: DataSources, dir: string, options: LoadOptions): Promise<Dataset>;
}

const hasAny =
  (...names: readonly string[]) =>
  async (files: Files, dir: string): Promise<boolean> => {
    for (const name of names) if (await files.exists(`${dir}/${name}`)) return true;
    return false;
  };

/** The first that is found is read. What decodes images is large, so it is loaded where it is needed. */
const FORMS: readonly DataForm[] = [
  {
    holds: `${TRAIN_FILES[0]} ... (CIFAR-10: nat data cifar10 --dir DIR brings it)`,
    found: hasAny(...TRAIN_FILES, TEST_FILE),
    load: ({ files }, dir) => loadCifar10(files, dir),
  },
  {
    holds: 'train.bin and test.bin (CIFAR-100: nat data cifar100 --dir DIR)',
    found: hasAny(CIFAR100_FILES.train, CIFAR100_FILES.test),
    load: ({ files }, dir) => loadCifar100(files, dir),
  },
  {
    holds: 'train-images-idx3-ubyte ... (Fashion-MNIST: nat data fashion-mnist --dir DIR)',
    found: hasAny(...IDX_FILES),
    load: ({ files }, dir) => loadIdx(files, dir),
  },
  {
    holds: 'train-*.parquet and test-*.parquet (Hugging Face)',
    found: hasParquet,
    load: async (...args) => (await import('./parquet_images.ts')).loadParquetImages(...args),
  },
  {
    holds: 'train/CLASS/ and val/CLASS/ of JPEG and PNG images',
    found: hasAny('train'),
    load: async (...args) => (await import('./folder_images.ts')).loadFolderImages(...args),
  },
];

/**
 * @param data 'sample' or a folder
 * Throws UserError naming what is missing or damaged.
 */
export async function loadImages(
  sources: DataSources,
  data: string,
  options: LoadOptions = {},
): Promise<Dataset> {
  if (data === 'sample') {
    const read = (name: string) => sources.readAsset(`sample/${name}`);
    return withSize(
      parseSample(await read(SAMPLE_FILES.train), await read(SAMPLE_FILES.test)),
      data,
      options,
    );
  }
  for (const { found, load } of FORMS) {
    if (await found(sources.files, data)) return withSize(await load(sources, data, options), data, options);
  }
  const expected = FORMS.map(({ holds }) => holds).join('; or ');
  throw new UserError(`data: ${data} holds no images in a form that is known; expected ${expected}`);
}

/** Images that are kept as pixels keep their size. */
function withSize(dataset: Dataset, data: string, { imageSize }: LoadOptions): Dataset {
  const { imageSize: own } = dataset.format;
  if (!imageSize || imageSize === own) return dataset;
  throw new UserError(
    `--image-size: got ${imageSize}, but the images of ${data} are of ${own} pixels a side and stay so; leave it out`,
  );
}
