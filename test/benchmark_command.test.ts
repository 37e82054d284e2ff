// `nat benchmark nasbench201` as a user starts it: what it prints, the mistakes it names, and the published results.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import { compareMethods, SUBJECT } from '../src/benchmark/compare.ts';
import { methodId } from '../src/benchmark/method.ts';
import { METHODS } from '../src/benchmark/methods.ts';
import { formatBenchmark } from '../src/benchmark/report.ts';
import type { BenchmarkResult } from '../src/benchmark/run.ts';
import { SUPERNET_PRESETS } from '../src/benchmark/supernet_config.ts';
import { judgeSupernet, type SupernetBenchmarkResult } from '../src/benchmark/supernet_judge.ts';
import { formatSupernetBenchmark } from '../src/benchmark/supernet_report.ts';
import { UNTRAINED_METHODS } from '../src/benchmark/untrained_methods.ts';
import { benchmarkNasBench201 } from '../src/cli/benchmark.ts';
import { interval, meanOf } from '../src/core/statistics.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { readBenchmarkTable } from './support/benchmark.ts';
import { memoryFiles } from './support/memory_files.ts';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';

const program = fileURLToPath(new URL('dist/nat.js', repositoryRoot));

function nat(args: string) {
  const all = [program, 'benchmark', 'nasbench201', ...args.split(' ').filter(Boolean)];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('nat benchmark: JSON of the fields that it promises, the same every time', () => {
  const first = nat('--methods random,oracle --seeds 2 --seed 11 --json');
  assert.is(first.status, 0);
  const { table, seeds, cells, methods, ...more } = JSON.parse(first.stdout);
  assert.equal(
    [table, seeds, cells, more],
    ['cifar10', [11, 12], { train: 7812, test: 7813 }, { comparisons: [] }],
  );
  assert.equal(
    methods.map(({ name }: { name: string }) => name),
    ['random', 'oracle'],
  );
  for (const method of methods) {
    assert.equal(Object.keys(method), [
      'name', 'adjacency', 'readout', 'baseline', 'gain', 'oracle_share', 'worse', 'top1000', 'params', 'madds',
      'by_seed',
    ]); // prettier-ignore
    assert.equal([method.adjacency, method.baseline], [null, null]);
    for (const interval of [method.gain, method.top1000]) {
      assert.equal(Object.keys(interval), ['mean', 'low', 'high']);
      assert.ok(interval.low <= interval.mean && interval.mean <= interval.high);
    }
  }
  assert.is(methods[1].oracle_share, 1);
  assert.is(methods[1].worse, 0);
  assert.match(first.stderr, /^\{"progress":"methods and seeds","done":1,"total":4/);
  assert.is(nat('--methods random,oracle --seeds 2 --seed 11 --json').stdout, first.stdout);
});

test('nat benchmark: a Markdown table, without the columns that no method fills', () => {
  const { status, stdout } = nat('--methods unchanged,oracle --seeds 1');
  assert.is(status, 0);
  const lines = stdout.split('\n');
  assert.is(
    lines[0],
    "| method | gain (points) | of the oracle's | made worse | gain of the 1,000 best | parameters | multiply-adds |",
  );
  assert.is(lines[1], '| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  assert.is(lines[2], '| unchanged | 0.00 | 0.00% | 0.00% | 0.000 | 0.00% | 0.00% |');
  assert.match(
    lines[3]!,
    /^\| oracle \| \+\d\.\d\d \| 100\.00% \| 0\.00% \| \+0\.\d{3} \| -\d\.\d\d% \| -\d\.\d\d% \|$/,
  );
  assert.match(stdout, /\nNAS-Bench-201, cifar10: .*One seed, 1\.\n$/);
});

test('nat benchmark: mistakes are one line and exit code 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nat-table-'));
  try {
    const file = join(folder, 'bad.csv');
    writeFileSync(file, 'architecture,validation12,test12\n');
    const cases: [string, RegExp][] = [
      ['--methods random,orakle', /^error: --methods: unknown method 'orakle'; did you mean 'oracle'\?\n$/],
      [
        '--methods xyz',
        /^error: --methods: unknown method 'xyz'; expected some of unchanged,random,.*,nao-best-of-10\n$/,
      ],
      ['--methods random,random', /^error: --methods: random is given twice; give it once\n$/],
      ['--seeds 0', /^error: --seeds: got 0, expected a whole number from 1 to 10000\n$/],
      ['--seed -1', /^error: --seed: got -1, expected .*\n$/],
      [`--table ${file}`, /^error: table .*bad\.csv: no column test200; .*\n$/],
      [`--table ${folder}/none.csv`, /^error: table .*none\.csv: no such file\n$/],
    ];
    for (const [args, message] of cases) {
      const { status, stdout, stderr } = nat(args);
      assert.equal([args, status, stdout], [args, 2, '']);
      assert.match(stderr, message);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nat benchmark: an interruption ends it without a result', async () => {
  let out = '';
  const platform = {
    files: memoryFiles(),
    readAsset: async (path: string) => readRepositoryFile(`dist/${path}`),
    terminal: { interactive: false, out: (text: string) => void (out += text), err: () => {} },
    now: () => 0,
    onInterrupt: (stop: () => void) => stop(),
  };
  const options = parseFlags(benchmarkNasBench201.options, ['--seeds', '1']);
  assert.is(await benchmarkNasBench201.run(platform as unknown as Platform, options), 130);
  assert.is(out, '');
});

const idOf = ({ name, adjacency, readout, baseline }: BenchmarkResult['methods'][number]): string =>
  [name, adjacency, readout, baseline].filter((part) => part !== null).join('/');

const published = (): { text: string; result: BenchmarkResult } => {
  const text = new TextDecoder().decode(readRepositoryFile('bench/results/nasbench201.json'));
  return { text, result: JSON.parse(text) as BenchmarkResult };
};

test('nat benchmark: the published results are those of all methods, and what the document shows', () => {
  const { result } = published();
  const ids = result.methods.map(idOf);
  assert.equal(
    ids,
    METHODS.map(methodId).filter((id) => ids.includes(id)),
  );
  for (const { name } of UNTRAINED_METHODS) assert.ok(ids.includes(name));
  assert.is(result.seeds.length, 20);
  const document = new TextDecoder().decode(readRepositoryFile('docs/ground-truth.md'));
  const results = document.slice(document.indexOf('## Results'), document.indexOf('## Shared weights'));
  const known = new Set(formatBenchmark(result).split('\n'));
  const rows = results.split('\n').filter((line) => /^\| [a-z]/.test(line));
  assert.equal(
    rows.filter((row) => !known.has(row)),
    [],
  );
  for (const id of [SUBJECT, ...UNTRAINED_METHODS.map(({ name }) => name)]) {
    assert.ok(
      rows.some((row) => row.startsWith(`| ${id.split('/').join(' | ')} |`)),
      id,
    );
  }
});

test('nat benchmark: the published figures follow from those of the seeds, and those of no learner come out again', () => {
  const { result } = published();
  for (const { gain, worse, top1000, by_seed: of } of result.methods) {
    assert.equal([gain, top1000], [interval(of.gain), interval(of.top1000)]);
    assert.is(worse, meanOf(of.worse));
  }
  const gains = result.methods.map((method) => ({ id: idOf(method), ...method.by_seed }));
  assert.equal(result.comparisons, compareMethods(gains));
  const names = UNTRAINED_METHODS.map(({ name }) => name);
  const again = JSON.parse(nat(`--json --methods ${names.join(',')}`).stdout) as BenchmarkResult;
  assert.equal(again.methods, result.methods.slice(0, names.length));
});

test('nat benchmark --supernet: the published figures follow from the accuracies, and are what the document shows', async () => {
  const text = new TextDecoder().decode(readRepositoryFile('bench/results/nasbench201_supernet.json'));
  const { supernet, seed, ...published } = JSON.parse(text) as SupernetBenchmarkResult;
  const quick = SUPERNET_PRESETS.quick;
  assert.equal(
    [supernet.cells.length, supernet.epochs, supernet.judged_images, supernet.train_images],
    [quick.judgedCells, quick.epochs, quick.judgedImages, 50_000],
  );
  const observer = { progress: () => {}, interrupted: () => false };
  const again = await judgeSupernet(supernet, readBenchmarkTable(), seed, observer);
  assert.equal({ ...again, supernet: null }, { ...published, seed, supernet: null });
  const document = new TextDecoder().decode(readRepositoryFile('docs/ground-truth.md'));
  const table = formatSupernetBenchmark(again).split('\n\n')[0]!;
  assert.ok(document.includes(table), table);
});

test.run();
