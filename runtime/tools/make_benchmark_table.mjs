// Packs a CSV table of NAS-Bench-201 for src/benchmark/nasbench201/, as safetensors: for each column the accuracies in
// thousandths of a percent, u32, in an array with one axis an edge and one index an operation.
// `node runtime/tools/make_benchmark_table.mjs FILE.csv NAME`

import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const COLUMNS = ['validation12', 'test12', 'test200'];
const OPERATIONS = ['none', 'skip_connect', 'nor_conv_1x1', 'nor_conv_3x3', 'avg_pool_3x3'];
const SHAPE = [5, 5, 5, 5, 5, 5];
const CELLS = 5 ** 6;

/** `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|` as a number to base 5. */
function cellNumber(/** @type {string} */ architecture) {
  const digits = architecture
    .split(/[|+]+/)
    .filter(Boolean)
    .map((part) => OPERATIONS.indexOf(part.split('~')[0] ?? ''));
  if (digits.length !== SHAPE.length || digits.includes(-1)) throw new Error(`no cell: ${architecture}`);
  return digits.reduce((number, digit) => 5 * number + digit, 0);
}

/** '94.373' -> 94373: exact, or an error. */
function thousandths(/** @type {string} */ text) {
  const [, whole, decimals = ''] = /^(\d+)(?:\.(\d{1,3}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new Error(`expected at most three decimals, got '${text}'`);
  return Number(whole + decimals.padEnd(3, '0'));
}

const [, , source, name] = process.argv;
if (!source || !name) throw new Error('usage: node runtime/tools/make_benchmark_table.mjs FILE.csv NAME');
const [head = '', ...lines] = (await readFile(source, 'utf8')).trim().split(/\r?\n/);
if (head !== ['architecture', ...COLUMNS].join(',')) throw new Error(`${source}: unexpected columns ${head}`);
const values = COLUMNS.map(() => Array.from({ length: CELLS }, () => -1));
for (const line of lines) {
  const [architecture = '', ...fields] = line.split(',');
  const cell = cellNumber(architecture);
  fields.forEach((field, i) => (values[i][cell] = thousandths(field)));
}
if (lines.length !== CELLS || values.some((column) => column.includes(-1))) {
  throw new Error(`${source}: got ${lines.length} lines, expected each of ${CELLS} cells once`);
}

const columnBytes = 4 * CELLS;
const header = JSON.stringify({
  __metadata__: {
    source: 'NAS-Bench-201, Xuanyi Dong and Yi Yang, ICLR 2020',
    licence: 'MIT',
    unit: 'thousandths of a percent',
    axes: 'edges 0->1, 0->2, 1->2, 0->3, 1->3, 2->3',
    operations: OPERATIONS.join(' '),
  },
  ...Object.fromEntries(
    COLUMNS.map((column, i) => [
      column,
      { dtype: 'U32', shape: SHAPE, data_offsets: [i * columnBytes, (i + 1) * columnBytes] },
    ]),
  ),
});
const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
const file = Buffer.alloc(8 + padded.length + COLUMNS.length * columnBytes);
file.writeBigUInt64LE(BigInt(padded.length));
file.write(padded, 8, 'latin1');
values.flat().forEach((value, i) => file.writeUInt32LE(value, 8 + padded.length + 4 * i));
await writeFile(
  fileURLToPath(new URL(`../../src/benchmark/nasbench201/${name}.safetensors`, import.meta.url)),
  file,
);
