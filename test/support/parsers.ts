// Everything that reads a user's bytes, each with inputs that are right.
import { readFileSync } from 'node:fs';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { formatGenotype, parseGenotype } from '../../src/arch/genotype_file.ts';
import { parseTransitions, transitionsToJson } from '../../src/arch/transition_file.ts';
import { NAT_TRANSITIONS } from '../../src/arch/transitions.ts';
import { requireCell } from '../../src/arch/zoo/find_cell.ts';
import { parseCsvTable } from '../../src/benchmark/csv_table.ts';
import { CELL_COUNT, formatCell, parseCell } from '../../src/benchmark/space.ts';
import { parsePackedTable } from '../../src/benchmark/table.ts';
import { encodeRecords, IMAGE_BYTES, parseRecords } from '../../src/data/cifar10.ts';
import { readBinaryArchive, readPngPackage } from '../../src/data/cifar10_sources.ts';
import { parseCifar100 } from '../../src/data/cifar100.ts';
import { decodeImage } from '../../src/data/decode_image.ts';
import { readGenotype, writeGenotype } from '../../src/exchange/genotype/forms.ts';
import { parseIdx } from '../../src/data/idx.ts';
import { openParquet } from '../../src/data/parquet_file.ts';
import { exportOnnx } from '../../src/exchange/onnx/export_onnx.ts';
import { importOnnx } from '../../src/exchange/onnx/import_onnx.ts';
import { readDerivation } from '../../src/experiment/outcome.ts';
import { readExperiment } from '../../src/experiment/read_experiment.ts';
import { readGoldenIndex } from '../../src/golden/read_index.ts';
import { gunzip } from '../../src/io/gunzip.ts';
import { parseJsonObject } from '../../src/io/json.ts';
import { formatSealedJson } from '../../src/io/sealed_json.ts';
import { parseSafetensors, serializeSafetensors } from '../../src/io/safetensors.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/run/checkpoint.ts';
import { readRun } from '../../src/run/run_folder.ts';
import { memoryFiles } from '../../runtime/host/memory_files.ts';
import { cellOf, smallCellNetwork, trainedTensors } from './exported_networks.ts';
import { jpegOf, pngOf } from './image_files.ts';
import { repositoryRoot } from './repository.ts';
import { buildTar } from './tar_builder.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Parser {
  readonly name: string;
  /** True where inputs are JSON. */
  readonly json: boolean;
  readonly valid: readonly Bytes[];
  /** Throws or rejects for what it refuses. */
  parse(input: Bytes): unknown;
}

const encode = (text: string): Bytes => new TextEncoder().encode(text);
const decode = (input: Bytes): string => new TextDecoder().decode(input);
const json = (value: unknown): Bytes => encode(JSON.stringify(value));
const own = (path: string): Bytes => new Uint8Array(readFileSync(new URL(path, repositoryRoot)));

/** Reads a file of that path with `read`, from memory. */
const asFile =
  <T>(path: string, read: (files: ReturnType<typeof memoryFiles>, path: string) => Promise<T>) =>
  async (input: Bytes): Promise<T> => {
    const files = memoryFiles();
    await files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    await files.writeAtomic(path, input);
    return read(files, path);
  };

/** The same object with a digest of its own; the text as it is where it holds none. */
async function sealedAnew(input: Bytes): Promise<Bytes> {
  try {
    const value = parseJsonObject(decode(input), 'x');
    return encode(await formatSealedJson(value, 'x'));
  } catch {
    return input;
  }
}

async function drain(entries: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of entries);
}

const stream = (input: Bytes) =>
  async function* (): AsyncGenerator<Uint8Array> {
    // chunks that end where no block does
    for (let at = 0; at < input.length; at += 700) yield input.subarray(at, at + 700);
  };

const DARTS = requireCell('DARTS');
const NETWORK = smallCellNetwork(cellOf('avg_pool_2x2'));
const JUDGED = { images: 9, before: 0.5, first: 0.25, after: 0.75 };
const CSV = [
  'architecture,validation12,test12,test200',
  ...Array.from(
    { length: CELL_COUNT },
    (_, cell) => `${formatCell(cell)},${cell % 90},50.5,${(cell % 97) / 2}`,
  ),
].join('\n');
const TENSORS = {
  weight: { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, -2, 3, 4, 5, 6) },
  steps: { dtype: 'I64', shape: [1], data: BigInt64Array.of(7n) },
} as const;

export async function parsers(): Promise<readonly Parser[]> {
  const records = encodeRecords({
    images: new Uint8Array(2 * IMAGE_BYTES).fill(9),
    labels: Uint8Array.of(3, 9),
  });
  const grey = pngOf(1024, 2, (x) => [x & 255, 7, 9]);
  const labels = json([1, 2]);
  const pngPackage = buildTar([
    { name: 'package/data_batch_1.png', bytes: grey },
    { name: 'package/test_batch.png', bytes: grey },
    { name: 'package/train_lables.json', bytes: labels },
    { name: 'package/test_lables.json', bytes: labels },
  ]);
  const rows = CSV.split('\n');
  return [
    {
      name: 'genotype',
      json: true,
      valid: [encode(formatGenotype(DARTS))],
      parse: (input) => parseGenotype(decode(input), 'genotype file x.json'),
    },
    {
      name: 'golden_index',
      json: true,
      valid: [new Uint8Array(brotliDecompressSync(own('test/golden/dev.json.br')))],
      parse: (input) => readGoldenIndex(decode(input), 'golden index x.json'),
    },
    {
      name: 'darts_genotype',
      json: false,
      valid: [
        encode(writeGenotype(DARTS, 'darts')),
        encode(
          '# as DARTS logs it\nGenotype(normal=[("none", 0), (\'conv_3x3\', 1)], normal_concat=list(range(2, 3)), ' +
            'reduce=[["none", 0, 2], ["conv_3x3", 1, 2]], reduce_concat=(2,))',
        ),
      ],
      parse: (input) => readGenotype(decode(input), 'genotype file x.py'),
    },
    {
      name: 'nni_genotype',
      json: true,
      valid: [encode(writeGenotype(DARTS, 'nni'))],
      parse: (input) => readGenotype(decode(input), 'genotype file x.json'),
    },
    {
      name: 'transitions',
      json: true,
      valid: [json(transitionsToJson(NAT_TRANSITIONS))],
      parse: (input) => parseTransitions(decode(input), 'transition file x.json'),
    },
    {
      name: 'nasbench_string',
      json: false,
      valid: [encode(formatCell(1234))],
      parse: (input) => parseCell(decode(input), 'cell'),
    },
    {
      name: 'nasbench_table',
      json: false,
      // what stands behind the first lines is read the same way
      valid: [encode(CSV)],
      parse: (input) =>
        parseCsvTable(
          decode(input)
            .split('\n', rows.length + 9)
            .join('\n'),
          'x.csv',
        ),
    },
    {
      name: 'packed_table',
      json: false,
      valid: [own('src/benchmark/nasbench201/cifar10.safetensors')],
      parse: (input) => parsePackedTable(input, 'x'),
    },
    {
      name: 'experiment',
      json: true,
      valid: ['table1', 'table3', 'section45'].map((name) => own(`bench/experiments/${name}.small.json`)),
      parse: asFile('folder/x.json', readExperiment),
    },
    {
      name: 'derivation',
      json: true,
      valid: [
        json({
          adapter: 'x',
          output: JSON.parse(formatGenotype(DARTS)),
          accuracy: { selection: JUDGED, test: JUDGED },
          refused: 0,
        }),
      ],
      // what the digest does not catch: a file that was changed and sealed anew
      parse: async (input) => asFile('folder/x.json', readDerivation)(await sealedAnew(input)),
    },
    {
      name: 'run_config',
      json: true,
      valid: [json({ format: 1, epochs: 3, lr: 0.1 })],
      parse: asFile('run/config.json', (files) => readRun(files, 'run', 'search')),
    },
    {
      name: 'safetensors',
      json: false,
      valid: [serializeSafetensors(TENSORS, { format: 'pt' })],
      parse: (input) => parseSafetensors(input, 'x'),
    },
    {
      name: 'onnx',
      json: false,
      valid: [exportOnnx(NETWORK, trainedTensors(NETWORK, 1))],
      parse: (input) => importOnnx(NETWORK, input, 'x.onnx'),
    },
    {
      name: 'checkpoint',
      json: false,
      valid: [await encodeCheckpoint({ state: { position: { epoch: 1 } }, tensors: TENSORS }, 100)],
      parse: (input) => decodeCheckpoint(input, 'x'),
    },
    {
      name: 'cifar10_records',
      json: false,
      valid: [records],
      parse: (input) => parseRecords(input, 'x.bin'),
    },
    {
      name: 'cifar10_archive',
      json: false,
      valid: [buildTar([{ name: 'cifar-10-batches-bin/data_batch_1.bin', bytes: records }])],
      parse: (input) => drain(readBinaryArchive(stream(input), new Set(['data_batch_1.bin']))),
    },
    {
      name: 'cifar10_png_package',
      json: false,
      valid: [pngPackage],
      parse: (input) => drain(readPngPackage(stream(input), new Set(['data_batch_1.bin', 'test_batch.bin']))),
    },
    {
      name: 'cifar100_records',
      json: false,
      valid: [new Uint8Array(2 * 3074).fill(7)],
      parse: (input) => parseCifar100(input, 'x.bin'),
    },
    {
      name: 'idx',
      json: false,
      valid: [Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 9, 9, 9, 9)],
      parse: (input) => parseIdx(input, 3, 'x'),
    },
    {
      name: 'gzip',
      json: false,
      valid: [new Uint8Array(gzipSync(records))],
      parse: (input) => gunzip(input, 2 ** 20, 'x.gz'),
    },
    {
      name: 'parquet',
      json: false,
      valid: ['train-00000-of-00002', 'numbered', 'zstd', 'gzip'].map((name) =>
        own(`test/parquet/${name}.parquet`),
      ),
      parse: async (input) => drain((await openParquet(input, 'x.parquet')).chunks()),
    },
    {
      name: 'png',
      json: false,
      valid: [pngOf(9, 7, (x, y) => [x, y, 200])],
      parse: decodeImage,
    },
    {
      name: 'jpeg',
      json: false,
      valid: [await jpegOf(17, 11, (x, y) => [9 * x, 9 * y, 100])],
      parse: decodeImage,
    },
  ];
}
