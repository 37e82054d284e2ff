// Whole trainings, small: one seed gives the same bytes, an interrupted training ends like an uninterrupted one,
// nothing is created once it has begun, settings do what they say, and the network learns.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError } from '../runtime/errors.ts';
import { decodeCheckpoint } from '../src/run/checkpoint.ts';
import { evaluateNetwork, readTrainedNetwork } from '../src/train/evaluate_run.ts';
import { residentImages } from '../src/train/resident_images.ts';
import { testEngine } from './support/device.ts';
import { memoryFiles } from './support/memory_files.ts';
import { fileOf, RUN, sample, textOf } from './support/search_run.ts';
import { FEW, SMALL, trainSmall } from './support/train_run.ts';

/** What equal trainings must share byte for byte. */
const SAME = ['metrics.jsonl', 'result.json', 'weights.safetensors', 'best.safetensors'];

const rowsOf = (run: Parameters<typeof textOf>[0]): Record<string, number | string>[] =>
  textOf(run, 'metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('steps and evaluations create nothing, and the plan knows the memory', async () => {
  const engine = await testEngine();
  const before = engine.counters.bufferBytes;
  const run = await trainSmall(engine, SMALL);
  const report = JSON.parse(textOf(run, 'engine.json'));
  assert.equal(report.steps, { train: 4, test: 6 });
  assert.is(report.steps_after_warmup, 9);
  assert.equal(report.created_after_warmup, { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 });
  const used = engine.counters.bufferBytes - before;
  assert.ok(used <= 1.001 * report.planned_bytes, `used ${used}, planned ${report.planned_bytes}`);
  assert.ok(used >= 0.9 * report.planned_bytes, `used ${used}, planned ${report.planned_bytes}`);
});

test(`interrupted anywhere and resumed, a training ends with the same bytes (seed ${SMALL.seed})`, async () => {
  const engine = await testEngine();
  const whole = await trainSmall(engine, SMALL);
  const again = await trainSmall(engine, SMALL);
  for (const name of SAME) assert.equal(fileOf(again, name), fileOf(whole, name), name);
  // an epoch reports 2 steps and 3 batches of its evaluation
  for (const stopAfter of [1, 4, 6]) {
    const stopped = await trainSmall(engine, SMALL, { stopAfter });
    assert.is(stopped.result, null);
    const resumed = await trainSmall(engine, SMALL, { files: stopped.files });
    assert.equal(resumed.result, whole.result);
    for (const name of SAME)
      assert.equal(fileOf(resumed, name), fileOf(whole, name), `${name}, ${stopAfter}`);
  }
  const { submits } = engine.counters;
  const finished = await trainSmall(engine, SMALL, { files: whole.files });
  assert.equal(finished.result, whole.result);
  assert.is(engine.counters.submits, submits, 'a finished training does not run again');
});

test('settings change the training as they should (seed 5)', async () => {
  const engine = await testEngine();
  const firstLoss = async (change: Partial<typeof SMALL>): Promise<number> => {
    const config = {
      ...SMALL,
      epochs: 1,
      maxSteps: 1,
      dropPath: 0,
      cutout: 0,
      labelSmoothing: 0,
      auxiliary: 0,
    };
    const run = await trainSmall(engine, { ...config, ...change });
    return rowsOf(run)[0]!['loss'] as number;
  };
  const plain = await firstLoss({});
  assert.is(await firstLoss({}), plain);
  // drop path begins with probability 0, the auxiliary head is no part of the loss that is reported
  assert.is(await firstLoss({ dropPath: 0.5 }), plain);
  assert.is.not(await firstLoss({ cutout: 8 }), plain);
  assert.is.not(await firstLoss({ labelSmoothing: 0.1 }), plain);
  assert.is.not(await firstLoss({ seed: 6 }), plain);
});

test('drop path acts from the second epoch on; clipping and the auxiliary loss on the weights (seed 5)', async () => {
  const engine = await testEngine();
  const losses = async (change: Partial<typeof SMALL>): Promise<unknown[]> => {
    const run = await trainSmall(engine, { ...SMALL, maxSteps: 1, dropPath: 0, clip: 0, ...change });
    return rowsOf(run)
      .filter(({ phase }) => phase === 'train')
      .map(({ loss }) => loss);
  };
  const plain = await losses({});
  for (const change of [{ dropPath: 0.9 }, { clip: 1e-3 }, { auxiliary: 0.8 }]) {
    const changed = await losses(change);
    assert.is(changed[0], plain[0], JSON.stringify(change));
    assert.is.not(changed[1], plain[1], JSON.stringify(change));
  }
});

test('a training that diverges says so, and keeps its last checkpoint (seed 5)', async () => {
  const engine = await testEngine();
  // the learning rate of epoch 2 is 1e28
  const config = { ...SMALL, epochs: 3, schedule: 'step', lr: 0.01, decay: 1e30, decayEvery: 2 } as const;
  const files = memoryFiles();
  await trainSmall(engine, config, { files }).then(
    () => assert.unreachable('a learning rate of 1e28 did not diverge'),
    (error: Error) => {
      assert.instance(error, RunError);
      assert.match(error.message, /^training diverged: .*/);
    },
  );
  const bytes = files.contents.get(`${RUN}/checkpoint.safetensors`)!;
  const { state, tensors } = await decodeCheckpoint(bytes, 'checkpoint');
  assert.equal(state['position'], { epoch: 2, phase: 'train', step: 0 });
  assert.ok(Array.from(tensors['weights']!.data as Float32Array).every(Number.isFinite));
});

test('evaluate agrees with the training, and counts every test image once', async () => {
  const engine = await testEngine();
  const run = await trainSmall(engine, SMALL);
  const trained = await readTrainedNetwork(run.files, RUN, 'last');
  const data = residentImages(FEW, SMALL);
  const result = await evaluateNetwork(engine, trained, data, { progress: () => {}, stop: () => false });
  const { images, loss, top1, top5 } = result!;
  assert.equal({ images, loss, top1, top5 }, run.result!.test);
  assert.is(images, FEW.test.labels.length);
  const perClass = Array.from(
    { length: 10 },
    (_, t) => FEW.test.labels.filter((label) => label === t).length,
  );
  assert.equal(
    result!.classes.map((values) => values.images),
    perClass,
  );
  assert.equal(
    result!.confusion.map((row) => row.reduce((a, b) => a + b, 0)),
    perClass,
  );
});

test('trained on 1,000 images, a tiny network is far above chance on the 250 others (seed 1234)', async () => {
  const engine = await testEngine();
  // 2 cells of 4 and 8 channels, 310 steps
  const config = {
    ...SMALL,
    seed: 1234,
    channels: 4,
    layers: 2,
    epochs: 5,
    maxSteps: 0,
    lr: 0.1,
    logEvery: 100,
    evalEvery: 100,
    labelSmoothing: 0,
    auxiliary: 0,
    dropPath: 0,
    cutout: 0,
  };
  const { result } = await trainSmall(engine, config, { data: sample });
  assert.is(result!.test.images, 250);
  assert.ok(result!.test.top1 > 0.22, `top-1 ${result!.test.top1} on 250 held-out images, chance is 0.1`);
});

test.run();
