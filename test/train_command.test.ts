// `nat train` and `nat evaluate` as a user runs them: on a folder of image files, interrupted and resumed, evaluated;
// and what they say where something is wrong.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeImageFolder } from './support/image_files.ts';
import { runProgram as nat } from './support/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'nat-train-'));
const images = await makeImageFolder(8, 3);
test.after(() => {
  images.remove();
  rmSync(folder, { recursive: true, force: true });
});

const SMALL =
  '--arch ResBlock --setting imagenet --channels 4 --layers 3 --image-size 32 --auxiliary 0 --batch 8 ' +
  '--log-every 1 --seed 3 --workers 2 --json';
const trainArgs = (out: string, ...more: readonly string[]) => [
  ...['train', ...SMALL.split(' '), '--data', images.dir, '--out', join(folder, out)],
  ...more,
];

test('nat train: interrupted and resumed; nat evaluate agrees, best and last (seed 3)', async () => {
  const epochs = ['--epochs', '4'];
  const whole = await nat(trainArgs('whole', ...epochs));
  assert.is(whole.code, 0, whole.err);
  const stopped = await nat(trainArgs('run', ...epochs), '"progress":"epoch 2/4 train"');
  assert.is(stopped.code, 130, stopped.err);
  assert.match(
    stopped.err,
    /interrupted; go on with: node .*nat\.js train --arch ResBlock .* --out .*run --epochs 4 --resume/,
  );
  const early = await nat(['evaluate', '--run', join(folder, 'run')]);
  assert.is(early.code, 2);
  assert.match(early.err, /the training is not finished; go on with it .* --weights best/);
  const resumed = await nat(trainArgs('run', ...epochs, '--resume'));
  assert.is(resumed.code, 0, resumed.err);
  assert.is(resumed.out, whole.out);
  for (const name of ['metrics.jsonl', 'result.json', 'weights.safetensors', 'best.safetensors']) {
    const [a, b] = ['run', 'whole'].map((run) => readFileSync(join(folder, run, name)));
    assert.ok(a!.equals(b!), name);
  }

  const result = JSON.parse(resumed.out);
  for (const [weights, expected] of [
    ['last', result.test],
    ['best', result.best],
  ] as const) {
    const { code, out } = await nat([
      'evaluate',
      '--run',
      join(folder, 'run'),
      '--weights',
      weights,
      '--json',
    ]);
    assert.is(code, 0);
    const got = JSON.parse(out);
    for (const name of ['images', 'loss', 'top1', 'top5']) assert.is(got[name], expected[name], name);
    assert.equal(
      got.classes.map(({ name, images: count }: { name: string; images: number }) => [name, count]),
      [
        ['blue', 3],
        ['green', 3],
        ['red', 3],
      ],
    );
  }
});

test('nat evaluate: weights of a file, under our names or those of PyTorch, give what the run gives', async () => {
  const run = join(folder, 'run');
  const exported = join(folder, 'exported.safetensors');
  const made = await nat(['export', '--run', run, '--format', 'safetensors', '--out', exported]);
  assert.is(made.code, 0, made.err);
  const sizes = '--arch ResBlock --setting imagenet --channels 4 --layers 3 --image-size 32 --batch 8'.split(
    ' ',
  );
  const figures = async (args: readonly string[]) => {
    const { code, out, err } = await nat(['evaluate', ...args, '--json']);
    assert.is(code, 0, err);
    const { images: count, loss, top1, top5, confusion } = JSON.parse(out);
    return { count, loss, top1, top5, confusion };
  };
  const expected = await figures(['--run', run]);
  for (const file of [exported, join(run, 'weights.safetensors')]) {
    assert.equal(await figures([...sizes, '--data', images.dir, '--weights', file]), expected, file);
  }
  const refused = await nat(['evaluate', ...sizes, '--data', images.dir]);
  assert.is(refused.code, 2);
  assert.match(refused.err, /--weights is missing: with --arch a weight file/);
  assert.match((await nat(['evaluate'])).err, /got neither --run nor --arch; expected one of them/);
});

test('nat train: one line for what cannot be trained', async () => {
  const fails = async (args: readonly string[], message: RegExp) => {
    const { code, err, out } = await nat(args);
    assert.is(code, 2, err);
    assert.is(out, '');
    assert.match(err, message);
  };
  await fails(trainArgs('x', '--drop-path', '1'), /--drop-path: got 1, expected a number from 0 to below 1/);
  const oneBatch = trainArgs('x').map((arg) => (arg === '8' ? '100' : arg));
  await fails(oneBatch, /--batch: got 100, but there are only 24 training images/);
  await fails(
    ['train', '--arch', 'ResNet20', '--channels', '8', '--out', join(folder, 'x')],
    /ResNet20 has its own channels; only cell networks take channels, got 8/,
  );
  await fails(
    ['train', '--arch', 'ResNet20', '--drop-path', '0.1', '--out', join(folder, 'x')],
    /--drop-path: ResNet20 has no paths to drop/,
  );
  await fails(
    ['train', '--arch', 'DARTS', '--setting', 'imagenet', '--out', join(folder, 'x')],
    /--data: got 'sample', which holds CIFAR-10 images/,
  );
  await fails(
    ['train', '--arch', 'DARTSS', '--out', join(folder, 'x')],
    /'DARTSS' is not known; did you mean/,
  );
  // and none of it looks for an adapter first
  await fails(['evaluate', '--run', folder], /not a run folder \(no config\.json\); .* nat train --out made/);
});

test.run();
