// npm run bench:static, with a tool made by hand in the place of gpu-static.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseResult } from '../bench/report/result.ts';
import { parseStaticTable, sumsByKernel, sumsOf } from '../bench/static/rows.ts';
import { repositoryRoot } from './support/repository.ts';

const PROGRAM = fileURLToPath(new URL('dist/bench/main.js', repositoryRoot));
const folder = mkdtempSync(join(tmpdir(), 'bench-static-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', cwd: folder });
}

const HEADER =
  '| kernel | times | workgroups | slots/wave | FMA | integer | scalar | LDS | bound by | us | us if never idle |';

const TABLE = `${HEADER}
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
| conv(TILE=32) | 6 | 100 x 64 | 1000 | 50% | 20% | 10% | 5% | latency | 3.0 | 2.0 |
| conv(TILE=64) | 2 | 50 x 256 | 500 | 40% | 30% | 20% | 0% | issue | 1.5 | 1.5 |
| add | 4 | 10 x 64 | 100 | 0% | 60% | 30% | 0% | memory | 1.0 | 0.5 |

12 dispatches: 0.02 to 0.03 ms of work and 0.03 ms between them
`;

/** A folder with programs of the tool's names; the first runs nothing and logs three dispatches. */
function toolThat(name: string, ...lines: readonly string[]): string {
  mkdirSync(join(folder, name));
  const script = join(folder, name, 'gpu-static');
  writeFileSync(script, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(script, 0o755);
  const reader = `import { readFileSync } from 'node:fs';
const log = readFileSync(process.argv[2] + '/dispatches.tsv', 'utf8');
if (log !== 'second\\nthird\\n') throw new Error('got ' + log);
console.log(${JSON.stringify(TABLE)} + 'left out: odd: no such instruction');
`;
  writeFileSync(join(folder, name, 'executed.mjs'), reader);
  return name;
}

test('a table is read, and summed over calls, by iteration', () => {
  const rows = parseStaticTable(TABLE);
  assert.equal(rows[0], {
    ...{ kernel: 'conv(TILE=32)', calls: 6, workgroups: 100, workgroupSize: 64, slots: 1000 },
    ...{ fma: 0.5, integer: 0.2, scalar: 0.1, lds: 0.05, bound: 'latency', us: 3, busyUs: 2 },
  });
  const sums = sumsOf(rows, 2);
  assert.is(sums.dispatches, 6);
  // (6 * 3 + 2 * 1.5 + 4 * 1) / 2 microseconds, and with the last column
  assert.ok(Math.abs(sums.ms - 0.0125) < 1e-9, String(sums.ms));
  assert.ok(Math.abs(sums.busyMs - 0.0085) < 1e-9, String(sums.busyMs));
  assert.equal(
    sumsByKernel(rows, 2).map(([name, { dispatches }]) => [name, dispatches]),
    [
      ['conv', 4],
      ['add', 2],
    ],
  );
});

test('another table is an error, not numbers', () => {
  assert.throws(
    () => parseStaticTable(TABLE.replace('slots/wave', 'slots')),
    /printed a table of kernel,times/,
  );
  assert.throws(() => parseStaticTable('nothing'), /printed a table of nothing/);
});

test('judges the dispatches of a step alone, prints tables and writes a result', () => {
  const log = 'printf "first\\nsecond\\nthird\\n" > "$2/dispatches.tsv"';
  const tool = toolThat('tool', log, `echo '{"before":1,"iterations":2}'`);
  const { status, stdout, stderr } = bench(
    'static',
    '--tool',
    tool,
    '--filter',
    'ResNet-20',
    '--out',
    'a.json',
  );
  assert.is(status, 0, stderr);
  assert.match(stdout, /^conv\(TILE=32\) +6 +100 x 64 +1000 +50% +20% +10% +5% +latency +3\.0 +2\.0$/m);
  assert.match(stdout, /^6\.00 dispatches: 0\.01 ms of work if never idle, 0\.01 with latency/m);
  assert.match(stderr, /left out: odd: no such instruction/);
  const { benchmarks } = parseResult(readFileSync(join(folder, 'a.json'), 'utf8'), 'a.json');
  const named = benchmarks.find(({ name }) => name === 'ResNet-20 step (batch 128): conv');
  assert.is(named?.wall.median, 0.0105);
});

test('what is missing is said in one line', () => {
  const broken = toolThat('broken', 'echo "gpu-static: no RADV found; install it" >&2', 'exit 1');
  const mistakes: [string[], number, RegExp][] = [
    [['static'], 2, /--tool is missing, expected the folder of gpu-static/],
    [['static', '--tool', 'none'], 2, /--tool: got 'none', expected the folder of gpu-static/],
    [['static', '--tool', broken], 1, /ended with 1: gpu-static: no RADV found; install it/],
    [['static-step', 'w step'], 2, /static-step runs under gpu-static/],
  ];
  for (const [args, code, message] of mistakes) {
    const { status, stdout, stderr } = bench(...args);
    assert.equal([status, stdout], [code, ''], stderr);
    assert.match(stderr, message);
    assert.is(
      stderr
        .trim()
        .split('\n')
        .filter((line) => /error/.test(line)).length,
      1,
      stderr,
    );
  }
});

test.run();
