// A folder of parquet files as a data set in memory: DIR/train-*.parquet and DIR/test-*.parquet, or one folder deeper.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Dataset } from './dataset.ts';
import { decodeDataset, type EncodedPart } from './decoded_images.ts';
import type { DataSources, LoadOptions } from './sources.ts';
import { listParquet } from './parquet_list.ts';
import { openParquet, type ParquetImages } from './parquet_file.ts';

/** Bytes that a file may have. */
const LARGEST = 2 ** 31;

const PARTS = { train: ['train'], test: ['validation', 'valid', 'val', 'dev', 'test'] } as const;

/** Throws UserError where there is no training or no test file, or one is damaged. */
export async function loadParquetImages(
  sources: DataSources,
  dir: string,
  options: LoadOptions,
): Promise<Dataset> {
  const { files } = sources;
  const all = await listParquet(files, dir);
  const open = async (part: keyof typeof PARTS): Promise<ParquetImages[]> => {
    // where there are both, the labelled images are those of the validation
    const name = PARTS[part].find((candidate) => all.some((path) => isOf(path, candidate)));
    if (name === undefined) {
      const expected = PARTS[part].map((candidate) => `${candidate}-*.parquet`).join(' or ');
      throw new UserError(`data: ${dir} holds ${all.join(', ')}; expected ${expected}`);
    }
    const opened: ParquetImages[] = [];
    for (const path of all.filter((candidate) => isOf(candidate, name))) {
      opened.push(await openFile(files, `${dir}/${path}`));
    }
    return opened;
  };
  const [train, test] = [await open('train'), await open('test')];
  const names = [...train, ...test].map(({ classNames }) => classNames);
  if (names.some((own) => String(own) !== String(names[0]))) {
    throw new UserError(`data: the files of ${dir} do not name the same classes`);
  }
  const classNames = names[0] ?? (await numbersIn([...train, ...test]));
  return decodeDataset(sources, { classNames, train: together(train), test: together(test) }, options);
}

/** Whether a file, or the folder it lies in, is called after a part. */
const isOf = (path: string, part: string): boolean =>
  path.split('/').some((name) => name === part || name === `${part}.parquet` || name.startsWith(`${part}-`));

async function openFile(files: Files, path: string): Promise<ParquetImages> {
  const size = await files.size(path);
  if (size > LARGEST) throw new UserError(`${path}: got ${size} bytes, expected at most ${LARGEST}`);
  return openParquet(await files.readBytes(path), path);
}

/** Classes without names are called by their numbers. */
async function numbersIn(parts: readonly ParquetImages[]): Promise<string[]> {
  let most = -1;
  for (const part of parts) {
    for await (const chunk of part.chunks()) for (const { label } of chunk) most = Math.max(most, label);
  }
  return Array.from({ length: most + 1 }, (_, label) => String(label));
}

const together = (parts: readonly ParquetImages[]): EncodedPart => ({
  count: parts.reduce((sum, { rows }) => sum + rows, 0),
  async *chunks() {
    for (const part of parts) yield* part.chunks();
  },
});
