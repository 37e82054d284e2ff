// The table that comes with the program, and tables from CSV files: whole ones, and what is said of others.
import { statSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { parseCsvTable } from '../src/benchmark/csv_table.ts';
import { loadBenchmarkTable } from '../src/benchmark/load_table.ts';
import { parseCell } from '../src/benchmark/space.ts';
import { ACCURACIES, parsePackedTable } from '../src/benchmark/table.ts';
import { ALL_STRINGS, readBenchmarkTable } from './support/benchmark.ts';
import { memoryFiles } from './support/memory_files.ts';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';

const FOLDER = 'src/benchmark/nasbench201/';
const HEAD = 'architecture,validation12,test12,test200';
const table = readBenchmarkTable();

const lineOf = (cell: number): string =>
  [ALL_STRINGS[cell], ...ACCURACIES.map((accuracy) => table[accuracy][cell]!.toFixed(3))].join(',');
const LINES = ALL_STRINGS.map((_, cell) => lineOf(cell));

test('benchmark table: 15,625 cells, the best one, and the one that computes nothing', () => {
  assert.ok(ACCURACIES.every((accuracy) => table[accuracy].length === 15_625));
  const best = table.test200.indexOf(Math.max(...table.test200));
  assert.is(
    ALL_STRINGS[best],
    '|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|skip_connect~0|nor_conv_1x1~1|nor_conv_3x3~2|',
  );
  assert.is(table.test200[best], 94.373);
  // nothing but none: chance
  assert.equal([table.validation12[0], table.test12[0], table.test200[0]], [9.712, 10, 10]);
});

test('benchmark table: three decimals, none lost', () => {
  for (const accuracy of ACCURACIES) {
    assert.ok(
      table[accuracy].every((value) => value === Number(value.toFixed(3)) && value >= 0 && value <= 100),
    );
  }
});

test('benchmark table: takes at most 300 KB, and has its licence beside it', () => {
  assert.ok(statSync(new URL(`${FOLDER}cifar10.safetensors`, repositoryRoot)).size <= 300_000);
  const read = (name: string) => new TextDecoder().decode(readRepositoryFile(FOLDER + name));
  assert.match(read('LICENSE'), /^MIT License\n[\s\S]*Xuanyi Dong/);
  assert.match(read('README.md'), /Dong and Yi Yang[\s\S]*ICLR 2020/);
});

test('benchmark table: a file that is no packed table', () => {
  assert.throws(() => parsePackedTable(new Uint8Array(4), 'x'), /^table x: not a safetensors file/);
});

test('benchmark table: a CSV file with other order of lines and columns, and other line ends', () => {
  const plain = parseCsvTable([HEAD, ...LINES, ''].join('\n'), 'other.csv');
  assert.equal({ ...plain, name: 'cifar10' }, table);
  assert.is(plain.name, 'other.csv');
  const turned = [HEAD, ...LINES.toReversed()].map((line) => `${line.split(',').toReversed().join(', ')},x`);
  assert.equal({ ...parseCsvTable(`\uFEFF${turned.join('\r\n')}`, 'y'), name: 'cifar10' }, table);
});

/** What is said of the table with line `i` (the first is 1) changed; undefined leaves it out. */
function complaint(i: number, change: (line: string) => string | undefined): string {
  const lines = [HEAD, ...LINES].flatMap((line, k) => (k === i - 1 ? (change(line) ?? []) : line));
  try {
    parseCsvTable(lines.join('\n'), 't.csv');
  } catch (error) {
    assert.instance(error, UserError);
    return (error as UserError).message;
  }
  return assert.unreachable() ?? '';
}

const LAST =
  '|avg_pool_3x3~0|+|avg_pool_3x3~0|avg_pool_3x3~1|+|avg_pool_3x3~0|avg_pool_3x3~1|avg_pool_3x3~2|';

test('benchmark table: bad CSV files get one line', () => {
  assert.is(
    complaint(1, (line) => line.replace('test200', 'test')),
    `table t.csv: no column test200; its first line is 'architecture,validation12,test12,test', expected ${HEAD}`,
  );
  assert.is(
    complaint(3, (line) => line.replace('skip_connect', 'skip_conect')),
    "table t.csv, line 3: unknown operation 'skip_conect'; did you mean 'skip_connect'?",
  );
  assert.is(
    complaint(3, (line) => line.replace('skip_connect', 'wibble')),
    "table t.csv, line 3: unknown operation 'wibble'; " +
      'expected none, skip_connect, nor_conv_1x1, nor_conv_3x3, avg_pool_3x3',
  );
  assert.is(
    complaint(2, () => '|none~0|+|none~0|none~1|,1,2,3'),
    "table t.csv, line 2: '|none~0|+|none~0|none~1|' is no cell; expected |op~0|+|op~0|op~1|+|op~0|op~1|op~2|",
  );
  assert.is(
    complaint(4, () => lineOf(0)),
    'table t.csv, line 4: |none~0|+|none~0|none~1|+|none~0|none~1|none~2| is in line 2 already',
  );
  assert.is(
    complaint(15_626, () => undefined),
    `table t.csv: 15624 of 15625 cells; ${LAST} is missing`,
  );
  assert.is(
    complaint(9, (line) => `${line},5`),
    'table t.csv, line 9: got 5 fields, expected 4',
  );
  const accuracies: [string, string][] = [
    ['100.001', '100.001'],
    ['-1', '-1'],
    ['', ''],
    ['n/a', 'n/a'],
    ['NaN', 'NaN'],
  ];
  for (const [given, shown] of accuracies) {
    assert.is(
      complaint(2, (line) => line.replace('9.712', given)),
      `table t.csv, line 2: validation12: got '${shown}', expected a number from 0 to 100`,
    );
  }
  assert.throws(
    () => parseCsvTable('', 't.csv'),
    /^table t\.csv: no column architecture, validation12, test12, test200/,
  );
  assert.throws(() => parseCsvTable(HEAD, 't.csv'), /^table t\.csv: 0 of 15625 cells; \|none~0\|/);
});

test('benchmark table: from a file, or the one that comes along', async () => {
  const files = memoryFiles();
  files.contents.set('t.csv', new TextEncoder().encode([HEAD, ...LINES].join('\n')));
  const readAsset = async (path: string) => readRepositoryFile(`dist/${path}`);
  assert.equal(await loadBenchmarkTable({ files, readAsset }), table);
  assert.is((await loadBenchmarkTable({ files, readAsset }, 't.csv')).name, 't.csv');
  try {
    await loadBenchmarkTable({ files, readAsset }, 'no.csv');
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'table no.csv: no such file');
  }
  assert.is(parseCell(LAST, 'x'), 15_624);
});

test.run();
