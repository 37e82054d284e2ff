// Training on a folder of real JPEG and PNG files that threads decode: accuracy on held-out files, the same bytes
// however it is interrupted, nothing created on the way, and damaged files.
import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodePlatform } from '../runtime/host/node/platform_node.ts';
import { openWorkerPool } from '../runtime/host/node/worker_pool.ts';
import { RunError, UserError } from '../runtime/errors.ts';
import type { ImageJob, PreparedImage } from '../src/data/prepare_image.ts';
import type { TrainConfig } from '../src/train/config.ts';
import { DEFAULTS } from '../src/train/config.ts';
import { loadTrainingImages } from '../src/train/load.ts';
import { trainIntoFolder } from '../src/train/run.ts';
import { requireBlueprint } from '../src/networks/registry.ts';
import { testEngine } from './support/device.ts';
import { makeImageFolder } from './support/image_files.ts';
import { memoryFiles, type MemoryFiles } from './support/memory_files.ts';
import { repositoryRoot } from './support/repository.ts';
import { fileOf, RUN, textOf } from './support/search_run.ts';

const folder = await makeImageFolder(12, 5);
test.after(() => folder.remove());

const SMALL: TrainConfig = {
  ...DEFAULTS.imagenet.cells,
  arch: 'ResBlock',
  setting: 'imagenet',
  data: folder.dir,
  seed: 11,
  channels: 4,
  layers: 3,
  imageSize: 32,
  batch: 8,
  epochs: 3,
  lr: 0.1,
  auxiliary: 0,
  logEvery: 1,
  onDamaged: 'skip',
};

const openPool = (workers: number) =>
  openWorkerPool<ImageJob, PreparedImage>(
    'decode_worker.js',
    workers,
    new URL('dist/decode_worker.js', repositoryRoot),
  );

async function trainFolder(
  change: Partial<TrainConfig> = {},
  { stopAfter = Infinity, files = null as MemoryFiles | null, workers = 2 } = {},
) {
  const engine = await testEngine();
  const config = { ...SMALL, ...change };
  const left: string[] = [];
  let reports = 0;
  const data = await loadTrainingImages(
    {
      files: nodePlatform().files,
      readAsset: async () => assert.unreachable() ?? new Uint8Array(0),
      openDecoder() {
        const pool = openPool(workers);
        return { decode: pool.run, close: pool.close };
      },
      damaged: (path, reason) => left.push(`${path.split('/').at(-1)}: ${reason}`),
    },
    config,
  );
  const run = files ?? memoryFiles();
  try {
    const result = await trainIntoFolder(engine, {
      config,
      blueprint: requireBlueprint(config.arch, config.setting),
      data,
      files: run,
      dir: RUN,
      resume: files !== null,
      environment: {},
      observer: {
        progress: () => reports++,
        now: () => performance.now(),
        interrupted: () => reports >= stopAfter,
      },
    });
    return { files: run, result, left };
  } finally {
    await data.close();
  }
}

const SAME = ['metrics.jsonl', 'result.json', 'weights.safetensors', 'best.safetensors'];

test('images of three colours are told apart on held-out files (seed 11)', async () => {
  // a rate that falls to a fiftieth: at a constant one, the last steps on so few images decide
  const rates = { lr: 0.02, decay: 0.85, batch: 12 };
  const { result, files } = await trainFolder({ ...rates, epochs: 24, evalEvery: 24, colorJitter: 0.1 });
  assert.is(result!.test.images, 15);
  assert.ok(result!.test.top1 >= 0.9, `top-1 ${result!.test.top1}, chance is 0.33`);
  const report = JSON.parse(textOf({ files }, 'engine.json'));
  assert.equal(report.created_after_warmup, { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 });
});

test('interrupted and resumed, on one thread or two: the same bytes (seed 11)', async () => {
  const whole = await trainFolder();
  for (const stopAfter of [2, 5]) {
    const stopped = await trainFolder({}, { stopAfter });
    assert.is(stopped.result, null);
    const resumed = await trainFolder({}, { files: stopped.files, workers: 1 });
    for (const name of SAME)
      assert.equal(fileOf(resumed, name), fileOf(whole, name), `${name}, ${stopAfter}`);
  }
});

test('the colour jitter and the seed change what the network sees (seed 11)', async () => {
  const losses = async (change: Partial<TrainConfig>) =>
    textOf(await trainFolder({ epochs: 1, maxSteps: 1, ...change }), 'metrics.jsonl').split('\n')[0];
  const plain = await losses({});
  assert.is(await losses({}), plain);
  assert.is.not(await losses({ colorJitter: 0 }), plain);
  assert.is.not(await losses({ seed: 12 }), plain);
});

test('damaged files: left out by name, or fatal', async () => {
  const damaged = await makeImageFolder(12, 5);
  try {
    truncateSync(`${damaged.dir}/train/red/red_0.JPEG`, 400);
    writeFileSync(`${damaged.dir}/val/blue/blue_1.JPEG`, 'not an image');
    appendFileSync(`${damaged.dir}/val/blue/blue_2.JPEG`, 'what follows the image does no harm');
    const { result, left } = await trainFolder({ data: damaged.dir, epochs: 1, batch: 12 });
    assert.is(result!.test.images, 14);
    assert.equal(left.sort(), [
      'blue_1.JPEG: neither a JPEG nor a PNG image',
      'red_0.JPEG: the file is truncated',
    ]);
    await trainFolder({ data: damaged.dir, epochs: 1, onDamaged: 'fail' }).then(
      () => assert.unreachable('a damaged image was no error'),
      (error: Error) => {
        assert.instance(error, UserError);
        assert.match(error.message, /^image .*red_0\.JPEG is damaged: the file is truncated; /);
      },
    );
  } finally {
    damaged.remove();
  }
});

test('a worker that cannot start, or is closed, is one clear error', async () => {
  const fails = async (job: Promise<unknown>, message: RegExp) => {
    const error = await job.then(
      () => assert.unreachable(),
      (reported: Error) => reported,
    );
    assert.instance(error, RunError);
    assert.match((error as Error).message, message);
  };
  const missing = openWorkerPool('decode_worker.js', 1, new URL('dist/no_such_worker.js', repositoryRoot));
  await fails(missing.run({}), /^worker decode_worker\.js: .*no_such_worker/);
  await missing.close();
  const pool = openPool(1);
  const pending = pool.run({ path: '/no/such/file', size: 4, random: null });
  assert.equal(await pending, { damaged: 'it cannot be read (ENOENT)' });
  await pool.close();
  await fails(pool.run({ path: 'x', size: 4, random: null }), /closed/);
});

test.run();
