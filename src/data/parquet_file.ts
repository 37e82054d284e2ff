// Images and classes in a parquet file, as the Hugging Face hub gives them: a column of structs with the bytes of a JPEG
// or PNG image, and one of whole numbers. https://huggingface.co/docs/hub/datasets-image
import { gunzipSync } from 'fflate';
import { decompress as unpackZstd } from 'fzstd';
import {
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet/src/index.js';
import { UserError } from '../../runtime/errors.ts';
import { parseJson } from '../io/user_file.ts';
import { MOST_CLASSES } from './dataset.ts';
import type { EncodedImage } from './decoded_images.ts';

export interface ParquetImages {
  readonly rows: number;
  /** What the file calls its classes; null where it does not. */
  readonly classNames: readonly string[] | null;
  /** All rows in order, a row group at a time. Throws UserError. */
  chunks(): AsyncIterable<readonly EncodedImage[]>;
}

/** What pages are packed by, besides Snappy, which the parser knows: those that the hub's own tools write. */
const COMPRESSORS: Compressors = {
  GZIP: (packed, length) => gunzipSync(packed, { out: new Uint8Array(length) }),
  ZSTD: (packed, length) => unpackZstd(packed, new Uint8Array(length)),
};

/** The names that a column of classes may have where others hold whole numbers, too. */
const LABELS = ['label', 'labels', 'fine_label'];

/** @param name of the file, for errors. Throws UserError where it is none, or has no such columns */
export async function openParquet(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<ParquetImages> {
  const file = {
    byteLength: bytes.length,
    slice: (start: number, end = bytes.length): ArrayBuffer => {
      // what a damaged file says of itself may lie outside of it, or be anything
      if (!(start >= 0 && end <= bytes.length && start <= end)) throw new RangeError('a part lies outside');
      return bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + end);
    },
  };
  const reading = <T>(work: () => Promise<T>): Promise<T> => orUserError(name, work);
  const { metadata, image, label, rows } = await reading(async () => {
    const found = await parquetMetadataAsync(file);
    const columns = columnsOf(parquetSchema(found).children, name);
    return { ...columns, metadata: withLeaves(found, columns, name), rows: Number(found.num_rows) };
  });
  const groups = metadata.row_groups.map(({ num_rows: count }) => Number(count));
  if (groups.some((count) => count < 0) || groups.reduce((sum, count) => sum + count, 0) !== rows) {
    throw new UserError(`${name}: damaged: its row groups do not have the ${rows} rows that it says`);
  }
  // an image takes some bytes, however they are packed
  if (rows > bytes.length) throw new UserError(`${name}: damaged: ${rows} rows in ${bytes.length} bytes`);
  const described = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value;
  return {
    rows,
    classNames: described === undefined ? null : namesIn(described, label, `${name}: huggingface`),
    async *chunks() {
      let first = 0;
      for (const count of groups) {
        const [rowStart, rowEnd] = [first, first + count];
        const columns = [image, label];
        const options = { file, metadata, columns, rowStart, rowEnd, utf8: false, compressors: COMPRESSORS };
        const objects = await reading(() => parquetReadObjects(options));
        if (objects.length !== count) throw new UserError(`${name}: damaged: rows are missing`);
        yield objects.map((row, i) => encodedImage(row, image, label, `${name}[${rowStart + i}]`));
        first = rowEnd;
      }
    },
  };
}

/** Whatever the parser makes of damaged bytes is the file's fault. */
async function orUserError<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${name}: cannot be read as a parquet file: ${String((error as Error).message)}`);
  }
}

type Column = ReturnType<typeof parquetSchema>;

interface Names {
  readonly image: string;
  readonly label: string;
}

function columnsOf(columns: readonly Column[], name: string): Names {
  const nameOf = ({ element }: Column): string => element.name;
  const all = columns.map(nameOf).join(', ');
  const image = columns.find(({ children }) =>
    children.some(({ element }) => element.name === 'bytes' && element.type === 'BYTE_ARRAY'),
  );
  if (!image) {
    throw new UserError(`${name}: got columns ${all}; expected one of images, structs with their bytes`);
  }
  const numbers = columns.filter(({ element: { type } }) => type === 'INT32' || type === 'INT64').map(nameOf);
  const label = numbers.length === 1 ? numbers[0] : LABELS.find((known) => numbers.includes(known));
  if (label === undefined) {
    throw new UserError(
      `${name}: got columns ${all}; expected one of whole numbers, the classes, called label`,
    );
  }
  return { image: nameOf(image), label };
}

/**
 * What the file says of the bytes of its images and of its classes, each once in a row group: all else would be read in
 * vain, and the parser leaves the errors of columns that it reads but does not return to nobody.
 */
function withLeaves(metadata: FileMetaData, { image, label }: Names, name: string): FileMetaData {
  const leaves = [`${image}.bytes`, label];
  const [root, ...rest] = metadata.schema;
  const structure = rest.findIndex((element) => element.name === image);
  const bytes = rest.slice(structure).find((element) => element.name === 'bytes')!;
  const number = rest.find((element) => element.name === label && element.num_children === undefined)!;
  const schema = [{ ...root!, num_children: 2 }, { ...rest[structure]!, num_children: 1 }, bytes, number];
  const groups = metadata.row_groups.map((group) => {
    const columns = leaves.map((leaf) => {
      const found = group.columns.filter((chunk) => chunk.meta_data?.path_in_schema.join('.') === leaf);
      if (found.length !== 1)
        throw new UserError(`${name}: damaged: a row group has ${found.length} columns ${leaf}`);
      return found[0]!;
    });
    return { ...group, columns };
  });
  return { ...metadata, schema, row_groups: groups };
}

/** The names of the classes in what the hub says of a data set; null where it says none. */
function namesIn(text: string, label: string, where: string): string[] | null {
  const inside = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  const feature = ['info', 'features', label, 'names'].reduce(inside, parseJson(text, where));
  if (feature === undefined) return null;
  if (!Array.isArray(feature) || !feature.every((item) => typeof item === 'string') || feature.length === 0) {
    throw new UserError(`${where}: expected the names of ${label}, a list of texts`);
  }
  return feature;
}

function encodedImage(
  row: Record<string, unknown>,
  image: string,
  label: string,
  path: string,
): EncodedImage {
  const number = Number(row[label] ?? NaN);
  if (!(Number.isInteger(number) && number >= 0 && number < MOST_CLASSES)) {
    throw new UserError(`${path}: got ${label} ${String(row[label])}, expected a class from 0 on`);
  }
  const bytes = (row[image] as { bytes?: unknown } | null)?.bytes;
  // without its bytes it is an empty file
  return {
    path,
    bytes: bytes instanceof Uint8Array ? Uint8Array.from(bytes) : new Uint8Array(0),
    label: number,
  };
}
