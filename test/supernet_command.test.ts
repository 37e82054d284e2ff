// `nat benchmark nasbench201 --supernet` as a user starts it: interrupted and resumed, what it prints, and mistakes.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from './support/repository.ts';

const program = fileURLToPath(new URL('dist/nat.js', repositoryRoot));

const argumentsOf = (args: string): string[] => [
  ...[program, 'benchmark', 'nasbench201'],
  ...args.split(' ').filter(Boolean),
];

const nat = (args: string) => spawnSync(process.execPath, argumentsOf(args), { encoding: 'utf8' });

/** Runs it; interrupts it, as Ctrl-C does, once standard error holds `when`. */
function interrupted(args: string, when: string): Promise<{ code: number | null; errors: string }> {
  return new Promise((resolve, reject) => {
    const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
    const child = spawn(process.execPath, argumentsOf(args), { stdio });
    let errors = '';
    let waiting = true;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      if (waiting && errors.includes(when)) {
        waiting = false;
        child.kill('SIGINT');
      }
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, errors }));
  });
}

const SIZE =
  '--supernet --channels 2 --stage-cells 1 --batch 8 --epochs 2 --max-steps 2 --judged-cells 20 --judged-images 8';

test('nat benchmark --supernet: interrupted, then resumed, it ends as uninterrupted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nat-supernet-'));
  try {
    const [whole, stopped] = [join(folder, 'whole'), join(folder, 'stopped')];
    const first = nat(`${SIZE} --out ${whole} --json`);
    assert.is(first.status, 0, first.stderr);
    const { code, errors } = await interrupted(`${SIZE} --out ${stopped} --json`, 'train');
    assert.is(code, 130);
    assert.match(errors, /interrupted; go on with: .*nasbench201 --supernet --channels 2 .* --out .*stopped/);
    const resumed = nat(`${SIZE} --out ${stopped} --json`);
    assert.is(resumed.stdout, first.stdout);
    for (const name of ['metrics.jsonl', 'result.json', 'weights.safetensors']) {
      assert.equal(readFileSync(join(stopped, name)), readFileSync(join(whole, name)), name);
    }

    const {
      table,
      seed,
      supernet,
      agreement,
      top_tenth_by_chance: chance,
      ...more
    } = JSON.parse(first.stdout);
    assert.equal([table, seed, more, Object.keys(chance)], ['cifar10', 1, {}, ['low', 'high']]);
    assert.equal(Object.keys(supernet), [
      'parameters', 'epochs', 'steps', 'train_images', 'judged_images', 'train', 'cells',
    ]); // prettier-ignore
    assert.equal([supernet.cells.length, supernet.steps, agreement.length], [20, 4, 10]);
    for (const row of agreement) {
      assert.equal(Object.keys(row), [
        'predictor', 'column', 'kendall', 'spearman', 'kendall_best_half', 'top_tenth',
      ]); // prettier-ignore
      assert.equal(Object.keys(row.kendall), ['value', 'low', 'high']);
    }
    const text = nat(`${SIZE} --out ${whole}`);
    assert.match(text.stdout, /^\| ranked by \| against \| Kendall's tau .*\n/);

    const other = nat(`${SIZE} --out ${whole} --seed 2`);
    assert.is(other.status, 2);
    assert.match(
      other.stderr,
      /error: .*: the run was started with other options: seed is 1 there and 2 here/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nat benchmark --supernet: mistakes are one line and exit code 2', () => {
  const cases: [string, RegExp][] = [
    ['--supernet', /^error: --out is missing: --out RUN, the run folder\n$/],
    ['--supernet --out x --methods random', /^error: --methods: --supernet has none; leave it out\n$/],
    ['--channels 4', /^error: --channels belongs to --supernet; add it, or leave it out\n$/],
    ['--preset paper', /^error: --preset belongs to --supernet; add it, or leave it out\n$/],
    [
      '--supernet --out x --data nowhere',
      /^error: data: nowhere holds no images in a form that is known; expected data_batch_1\.bin .*\n$/,
    ],
    ['--supernet --out x --batch 1', /^error: --batch: got 1, expected a whole number of 2 or more\n$/],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = nat(args);
    assert.equal([args, status, stdout], [args, 2, '']);
    assert.match(stderr, message);
  }
});

test.run();
