// The program behind `npm run bench`, as a user runs it: a small run, its file, and its complaints.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatResult, parseResult } from '../bench/report/result.ts';
import { repositoryRoot } from './support/repository.ts';
import { resultWith, row } from './support/bench_result.ts';

const PROGRAM = fileURLToPath(new URL('dist/bench/main.js', repositoryRoot));
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

function bench(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    cwd: folder,
  });
  // what Dawn prints about every adapter
  return { status, stdout, stderr: stderr.replace(/^Warning: .*\n/gm, '') };
}

function fileWith(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

test('measures what the filter names, prints a table and writes the result', () => {
  const args = [
    '--filter',
    'softmax, max pool 3x3 forward',
    '--seconds',
    '0.01',
    '--samples',
    '3',
    '--out',
    'made/a.json',
  ];
  const { status, stdout, stderr } = bench('run', 'kernels', ...args);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^benchmark +ms +\+- +cold ms/m);
  assert.match(stdout, /^max pool 3x3 forward +\d/m);
  assert.match(stderr, /^adapter: /m);
  const { benchmarks, limits } = parseResult(readFileSync(join(folder, 'made/a.json'), 'utf8'), 'a.json');
  assert.equal(
    benchmarks.map(({ name }) => name),
    ['max pool 3x3 forward', 'softmax of 1024 forward', 'softmax of 1024 backward'],
  );
  assert.ok(Object.values(limits!).every(({ rate }) => rate > 0));
  const plotted = bench('plot', 'made/a.json');
  assert.equal([plotted.status, plotted.stdout], [0, 'made/a.roofline.svg\n']);
  assert.match(readFileSync(join(folder, 'made/a.roofline.svg'), 'utf8'), /^<svg .*<\/svg>\n$/s);
});

test('compares two results', () => {
  const a = fileWith('a.json', formatResult(resultWith([row('conv', 10, 0.1)])));
  const b = fileWith('b.json', formatResult(resultWith([row('conv', 5, 0.1)])));
  const { status, stdout } = bench('compare', a, b);
  assert.is(status, 0);
  assert.match(stdout, /^conv +10\.0 +5\.00 +0\.50 .* faster$/m);
});

test('a mistake is one line and exit code 2', () => {
  const good = fileWith('good.json', formatResult(resultWith([row('conv', 10, 0.1)])));
  const bad = fileWith('bad.json', '{"format": 3}');
  const other = fileWith('other.json', formatResult(resultWith([row('pool', 10, 0.1)])));
  const mistakes: [string[], RegExp][] = [
    [['run', '--fliter', 'x'], /unknown option --fliter; did you mean '--filter'\?/],
    [['run', 'kernel'], /got 'kernel', expected one of all, kernels, steps, growth/],
    [['run', '--filter', 'conv9d'], /--filter: nothing has 'conv9d' in its name/],
    [['run', '--seconds', '0'], /--seconds: got 0, expected a number from 0\.01 to 60/],
    [['run', '--adapter', 'no-such'], /adapter 'no-such' not found/],
    [['compare', good], /B\.json is missing/],
    [['compare', good, good, good], /unexpected argument 'good\.json'/],
    [['compare', good, 'none.json'], /benchmark results none\.json: no such file/],
    [['compare', bad, good], /benchmark results bad\.json: got format 3/],
    [['compare', good, other], /have no benchmark of the same sizes in common/],
    [['plot', bad], /benchmark results bad\.json: got format 3/],
    [['plot', 'none.json'], /benchmark results none\.json: no such file/],
    [['plot'], /no results in bench\/results\/; make them with npm run bench/],
    [['draw'], /unknown command 'draw'/],
  ];
  for (const [args, message] of mistakes) {
    const { status, stdout, stderr } = bench(...args);
    const last = stderr.trimEnd().split('\n').at(-1)!;
    assert.is(status, 2, args.join(' '));
    assert.match(last, message);
    assert.is([...stderr.matchAll(/^error: /gm)].length, 1, stderr);
    assert.is(stdout, '');
  }
});

test.run();
