// Image data sets of the page: the sample that comes with it, and CIFAR-10 from files of the user's, kept in
// datasets/NAME/ in the form that the command line reads as well.
import { readTar } from '../../../runtime/host/tar.ts';
import { RunError, UserError } from '../../../runtime/errors.ts';
import type { Files } from '../../../runtime/host/platform.ts';
import { CLASS_NAMES, parseRecords, RECORD_BYTES, TEST_FILE, TRAIN_FILES } from '../../data/cifar10.ts';
import type { DatasetInfo } from '../protocol.ts';
import type { App } from './app.ts';
import type { Handlers } from './serve.ts';

const DATASETS = 'datasets';
const SAMPLE: DatasetInfo = {
  name: 'sample',
  classes: CLASS_NAMES,
  images: 1000,
  testImages: 250,
  bytes: 1250 * RECORD_BYTES,
};

/** What a configuration says for a data set of the page. Throws UserError for what cannot be a name of one. */
export function folderOfDataset(name: string): string {
  if (name === SAMPLE.name) return name;
  if (!/^[\w][\w .()-]{0,63}$/.test(name)) {
    throw new UserError(
      `data set '${name}': expected a name of letters, digits, spaces, '-' and '_', at most 64`,
    );
  }
  return `${DATASETS}/${name}`;
}

/** Throws UserError where there is no such data set. */
export async function requireDataset(files: Files, name: string): Promise<DatasetInfo> {
  const found = name === SAMPLE.name ? SAMPLE : await infoOf(files, name);
  if (found) return found;
  throw new UserError(`data set '${name}' is not here; import its files, or choose another`);
}

export const datasetHandlers = ({
  host: { files },
}: App): Handlers<'datasets' | 'importDataset' | 'removeDataset'> => ({
  async datasets() {
    const names = (await files.exists(DATASETS)) ? await files.list(DATASETS) : [];
    const found: DatasetInfo[] = [SAMPLE];
    for (const name of names) {
      const info = await infoOf(files, name);
      if (info) found.push(info);
    }
    return found;
  },
  importDataset: ({ name, files: given }) => importDataset(files, name, given),
  async removeDataset({ name }) {
    if (name === SAMPLE.name) throw new UserError('the sample belongs to the page and stays');
    await files.remove(folderOfDataset(name));
    return null;
  },
});

/** Null where one of its files is missing: its import was not finished. */
async function infoOf(files: Files, name: string): Promise<DatasetInfo | null> {
  const folder = folderOfDataset(name);
  let images = 0;
  for (const file of TRAIN_FILES) {
    if (!(await files.exists(`${folder}/${file}`))) return null;
    images += (await files.size(`${folder}/${file}`)) / RECORD_BYTES;
  }
  if (!(await files.exists(`${folder}/${TEST_FILE}`))) return null;
  const testImages = (await files.size(`${folder}/${TEST_FILE}`)) / RECORD_BYTES;
  return { name, classes: CLASS_NAMES, images, testImages, bytes: (images + testImages) * RECORD_BYTES };
}

/** Each file is checked before it is kept; where one is wrong or there is no room for all, none is. */
async function importDataset(files: Files, name: string, given: readonly File[]): Promise<DatasetInfo> {
  if (name === SAMPLE.name)
    throw new UserError(`a data set named '${name}' is there already; choose another name`);
  const folder = folderOfDataset(name);
  if (await infoOf(files, name)) {
    throw new UserError(
      `a data set named '${name}' is there already; choose another name, or remove that one`,
    );
  }
  const missing = new Set([...TRAIN_FILES, TEST_FILE]);
  await files.makeDirectory(folder);
  try {
    for await (const { file, bytes } of batchesIn(given, missing)) {
      parseRecords(bytes, file);
      await files.writeAtomic(`${folder}/${file}`, bytes);
      missing.delete(file);
    }
    if (missing.size > 0) {
      throw new UserError(
        `${[...missing].join(', ')} missing: give the archive cifar-10-binary.tar.gz, or the six .bin files that are in it`,
      );
    }
  } catch (error) {
    await files.remove(folder);
    // an archive that a user gives is the user's
    if (error instanceof RunError && /archive/.test(error.message)) throw new UserError(error.message);
    throw error;
  }
  return (await infoOf(files, name))!;
}

interface Batch {
  readonly file: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Those of the six files that are wanted, from the files themselves and from archives. */
async function* batchesIn(given: readonly File[], wanted: ReadonlySet<string>): AsyncGenerator<Batch> {
  for (const file of given) {
    if (wanted.has(file.name)) {
      yield { file: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
    } else if (/\.(?:tar|tar\.gz|tgz)$/.test(file.name)) {
      const isWanted = (path: string): boolean => wanted.has(baseName(path));
      for await (const { name, bytes } of readTar(unpacked(file), isWanted, `archive ${file.name}`)) {
        yield { file: baseName(name), bytes };
      }
    } else {
      throw new UserError(
        `${file.name}: expected data_batch_1.bin to data_batch_5.bin and test_batch.bin, or an archive of them (.tar.gz)`,
      );
    }
  }
}

async function* unpacked(file: File): AsyncGenerator<Uint8Array> {
  const packed = file.stream();
  const stream = file.name.endsWith('.tar') ? packed : packed.pipeThrough(new DecompressionStream('gzip'));
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw new UserError(`archive ${file.name}: cannot be unpacked (${(error as Error).message})`);
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
