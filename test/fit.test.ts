// Training networks of one's own: what it learns, that it is what a loop over a tape computes, that it goes on to the same
// bytes, and what it says of what does not fit.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { memoryFiles } from '../runtime/host/memory_files.ts';
import { directAllocator, createTensor } from '../src/core/allocator.ts';
import { STREAM } from '../src/core/rng.ts';
import { commandsOnly, runSteps, writesOnly } from '../src/core/step.ts';
import { Tape } from '../src/core/tape.ts';
import { epochOrder } from '../src/data/order.ts';
import { fit, type FitOptions } from '../src/fit/fit.ts';
import { evaluate } from '../src/fit/inference.ts';
import type { ImageArrays } from '../src/fit/images.ts';
import { add, conv, dense, dropout, globalPool, maxPool, norm, relu } from '../src/fit/layers.ts';
import { type Features, sequence } from '../src/fit/layer.ts';
import { type Model, saveModel } from '../src/fit/model.ts';
import { network } from '../src/fit/network.ts';
import { adam, constant, sgd } from '../src/fit/optimizers.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { crossEntropy } from '../src/ops/loss/cross_entropy.ts';
import { recordSgd } from '../src/optim/sgd.ts';
import { testEngine } from './support/device.ts';
import { batchesOf, rejects, SMALL_CLASSES, SMALL_SHAPE, smallImages } from './support/small_images.ts';

const BATCH = 16;
const train = smallImages(70, 5);
const held = smallImages(50, 6);

const residual = (x: Features): Features =>
  relu()(add(sequence(conv(8), norm(), relu(), conv(8), norm())(x), x));

const small = network(
  SMALL_SHAPE,
  sequence(conv(8), norm(), relu(), maxPool(), residual, globalPool(), dropout(0.25), dense(SMALL_CLASSES)),
);

const settings = { network: small, images: train, epochs: 3, batch: BATCH, seed: 11 } as const;

/** All weights and running statistics. */
const bytesOf = (model: Model): Promise<Uint8Array> => saveModel(model);

test('fit: a small network learns what its images show, and says so', async () => {
  const engine = await testEngine();
  const losses: number[] = [];
  const epochs: number[] = [];
  const { model, steps, finished } = await fit({
    ...{ engine, ...settings, epochs: 8 },
    optimizer: adam({ lr: 0.02 }),
    onStep: ({ loss }) => void losses.push(loss),
    onEpoch: async ({ accuracy }) => void epochs.push(accuracy),
  });
  // 70 images are 4 whole batches of 16
  assert.is(steps, 32);
  assert.is(finished, true);
  assert.is(losses.length, 32);
  assert.is(epochs.length, 8);
  assert.ok(losses.at(-1)! < losses[0]! / 2, `the loss falls: ${losses[0]} to ${losses.at(-1)}`);
  const { images, top1, loss } = await evaluate(model, held);
  assert.is(images, 50);
  // chance is 0.25; with 50 images 0.6 is more than five deviations above it
  assert.ok(top1 > 0.6, `accuracy on other images: ${top1}`);
  assert.ok(loss! < Math.log(SMALL_CLASSES), `loss on other images: ${loss}`);
});

test('fit: nothing is created after the first step', async () => {
  const engine = await testEngine();
  const created = () => {
    const { buffers, bindGroups, pipelines, shaderModules } = engine.counters;
    return { buffers, bindGroups, pipelines, shaderModules };
  };
  let first: object | null = null;
  await fit({
    ...{ engine, ...settings, epochs: 2 },
    onStep() {
      first ??= created();
      assert.equal(created(), first);
    },
  });
  assert.equal(created(), first);
});

test('fit: the bits of a loop over a tape, written by hand', async () => {
  const engine = await testEngine();
  const plain = network(SMALL_SHAPE, sequence(conv(6), norm(), relu(), globalPool(), dense(SMALL_CLASSES)));
  const [lr, momentum, weightDecay, seed] = [0.05, 0.9, 1e-3, 3];
  const { model } = await fit({
    ...{ engine, network: plain, images: train, epochs: 2, batch: BATCH, seed, schedule: constant },
    optimizer: sgd({ lr, momentum, weightDecay }),
  });

  const { weights, statistics, forward } = plain();
  weights.allocate(engine);
  statistics.allocate(engine);
  const images = createTensor(engine, 'images', [BATCH, ...SMALL_SHAPE]);
  const target = createTensor(engine, 'targets', [BATCH], 'i32');
  const one = createTensor(engine, 'one', [1]);
  const memory = directAllocator(engine);
  const tape = new Tape({ engine, activations: memory, scratch: memory });
  const { logits } = forward(tape, images);
  tape.seed(tape.apply(crossEntropy, { logits, target }, { labelSmoothing: 0 }), one);
  tape.backward();
  const step = commandsOnly([engine.recordClear(weights.grads)], tape.take());
  const optimizer = recordSgd(engine, weights, { momentum, weightDecay });
  runSteps(
    engine,
    writesOnly({ region: one, data: Float32Array.of(1) }),
    commandsOnly(
      recordInitialisation(engine, weights, seed, 0),
      recordInitialisation(engine, statistics, seed, 1),
    ),
  );
  const size = 2 * 8 * 8;
  for (const epoch of [0, 1]) {
    const order = epochOrder(
      Int32Array.from({ length: 70 }, (_, i) => i),
      seed,
      STREAM.shuffleTrain,
      epoch,
    );
    for (let first = 0; first + BATCH <= 70; first += BATCH) {
      const batch = [...order.subarray(first, first + BATCH)];
      const pixels = batch.flatMap((n) => [...train.images.subarray(n * size, (n + 1) * size)]);
      // bytes from 0 to 255 become -1 to 1
      const data = Float32Array.from(pixels, (byte) => byte / 127.5 - 1);
      const classes = Int32Array.from(batch, (n) => train.labels[n]!);
      runSteps(
        engine,
        writesOnly({ region: images, data }, { region: target, data: classes }),
        step,
        optimizer.step(lr),
      );
    }
  }
  assert.equal(
    await exportParameters(engine, model.network.weights),
    await exportParameters(engine, weights),
  );
  assert.equal(
    await exportParameters(engine, model.network.statistics),
    await exportParameters(engine, statistics),
  );
});

for (const [kind, images] of [
  ['arrays', train],
  ['batches', () => batchesOf(train, BATCH)],
] as const) {
  test(`fit: ended early and gone on with, ${kind} give the bytes of a training that was not`, async () => {
    const engine = await testEngine();
    const rest = { engine, ...settings, images, optimizer: sgd({ lr: 0.05 }) };
    const { model } = await fit(rest);
    const checkpoint = { files: memoryFiles(), dir: 'kept' };
    // within the first epoch, at its end, within the last
    for (const stop of [2, 4, 9]) {
      const abort = new AbortController();
      let done = stop === 2 ? 0 : stop === 4 ? 2 : 4;
      const part = await fit({
        ...rest,
        ...{ checkpoint, signal: abort.signal },
        onStep: () => void (++done === stop && abort.abort()),
      });
      assert.is(part.finished, false);
      assert.is(part.steps, stop);
    }
    const resumed = await fit({ ...rest, checkpoint });
    assert.is(resumed.steps, 12);
    assert.equal(await bytesOf(resumed.model), await bytesOf(model));
    // a finished one is there at once
    const again = await fit({ ...rest, checkpoint, onStep: () => assert.unreachable('a step') });
    assert.equal(await bytesOf(again.model), await bytesOf(model));
    await rejects(
      fit({ ...rest, checkpoint, batch: 8 }),
      /^checkpoint kept: its batch is 16, here it is 8; take/,
    );
  });
}

test('fit: from a checkpoint within an epoch, the report of the epoch is that of the whole', async () => {
  const engine = await testEngine();
  const reported = async (checkpoint?: FitOptions['checkpoint']) => {
    const seen: object[] = [];
    const abort = new AbortController();
    const onEpoch: FitOptions['onEpoch'] = ({ model: _, ...report }) => void seen.push(report);
    const options = { engine, ...settings, epochs: 1, onEpoch };
    if (checkpoint) {
      const onStep = ({ step }: { readonly step: number }) => void (step === 3 && abort.abort());
      await fit({ ...options, checkpoint, signal: abort.signal, onStep });
      await fit({ ...options, checkpoint });
    } else await fit(options);
    return seen;
  };
  const undisturbed = await reported();
  assert.is(undisturbed.length, 1);
  const [a, b] = [undisturbed[0], (await reported({ files: memoryFiles(), dir: 'kept' }))[0]] as {
    loss: number;
    accuracy: number;
    step: number;
  }[];
  assert.is(b!.step, 4);
  assert.is(b!.accuracy, a!.accuracy);
  // sums of other parts round otherwise
  assert.ok(Math.abs(b!.loss - a!.loss) < 1e-6);
});

test('fit: other seeds, other weights; the same seed, the same', async () => {
  const engine = await testEngine();
  const trained = async (seed: number) =>
    bytesOf((await fit({ engine, ...settings, seed, epochs: 1 })).model);
  const first = await trained(1);
  assert.equal(await trained(1), first);
  assert.not.equal(await trained(2), first);
});

test('fit: augmentation changes what is learned, and is the same for the same seed', async () => {
  const engine = await testEngine();
  const augmentation = { padding: 1, flip: true, cutout: 2 };
  const trained = async (rest: object) =>
    bytesOf((await fit({ engine, ...settings, epochs: 1, ...rest })).model);
  const augmented = await trained({ augmentation });
  assert.equal(await trained({ augmentation }), augmented);
  assert.not.equal(await trained({}), augmented);
});

test('fit: weights of a model are where another training begins', async () => {
  const engine = await testEngine();
  const { model } = await fit({ engine, ...settings, epochs: 1 });
  const weights = await saveModel(model);
  const { model: further } = await fit({
    engine,
    ...settings,
    weights,
    epochs: 1,
    optimizer: sgd({ lr: 0 }),
  });
  assert.equal(
    await exportParameters(engine, further.network.weights),
    await exportParameters(engine, model.network.weights),
  );
});

test('fit: what does not fit is said in one line', async () => {
  const engine = await testEngine();
  const { images, labels } = train;
  const wrong = (change: Partial<FitOptions>, message: RegExp) =>
    rejects(fit({ engine, ...settings, ...change }), message);
  await wrong(
    { images: { images: images.subarray(1), labels } },
    /^images: got 8959 values, expected a multiple of 128: the network takes images of \(2,8,8\)$/,
  );
  await wrong(
    { images: { images, labels: labels.subarray(1) } },
    /^images: got 69 labels for 8960 values, which are 70 images/,
  );
  await wrong({ images: { images } }, /^images: got 70 images without labels/);
  const bad = labels.slice();
  bad[7] = 4;
  await wrong(
    { images: { images, labels: bad } },
    /^images: label 4 of image 7: expected a class from 0 to 3/,
  );
  await wrong(
    { images: { images, labels: Float32Array.from(labels, (l) => l + 0.5) } },
    /^images: label 0.5 of image 0/,
  );
  await wrong({ batch: 71 }, /^fit: got batch 71, but there are only 70 images$/);
  await wrong({ epochs: 0 }, /^fit: got epochs 0, expected a whole number of 1 or more$/);
  await wrong({ images: [{ images, labels }] }, /^fit: got a batch of 70 images, expected 16/);
  await wrong({ images: batchesOf(train, 8) }, /^fit: epoch 0 had no batch of 16 images/);
  // a generator is at its end after the first epoch
  await wrong(
    { images: batchesOf(train, BATCH) },
    /^fit: epoch 1 had no batch of 16 images; give a function of the epoch/,
  );
  await wrong(
    { normalisation: { mean: [0], deviation: [1] } },
    /^normalisation: got 1 means and 1 deviations, expected 2 of each$/,
  );
  await wrong(
    { images: () => batchesOf(train, BATCH), augmentation: { padding: 1, flip: true, cutout: 0 } },
    /^fit: got augmentation for batches/,
  );
});

test('fit: batches as they come give the bits of the arrays that they are of', async () => {
  const engine = await testEngine();
  const size = 2 * 8 * 8;
  const ordered = async function* (epoch: number): AsyncGenerator<ImageArrays> {
    const order = epochOrder(
      Int32Array.from({ length: 70 }, (_, i) => i),
      11,
      STREAM.shuffleTrain,
      epoch,
    );
    for (let first = 0; first < 70; first += BATCH) {
      const some = [...order.subarray(first, first + BATCH)];
      const pixels = some.flatMap((n) => [...train.images.subarray(n * size, (n + 1) * size)]);
      // the last one is smaller, and left out
      yield { images: Uint8Array.from(pixels), labels: some.map((n) => train.labels[n]!) };
    }
  };
  const schedule = constant;
  const { model } = await fit({ engine, ...settings, schedule });
  const streamed = await fit({ engine, ...settings, schedule, images: ordered });
  assert.is(streamed.steps, 12);
  assert.equal(await bytesOf(streamed.model), await bytesOf(model));
});

test('fit: an iterator that fails, and a callback that does, end the training with their error', async () => {
  const engine = await testEngine();
  let closed = false;
  const failing = async function* (): AsyncGenerator<ImageArrays> {
    try {
      yield* batchesOf(train, BATCH);
    } finally {
      closed = true;
    }
  };
  const stop = new Error('enough');
  const onStep = () => {
    throw stop;
  };
  try {
    await fit({ engine, ...settings, images: failing, onStep });
    assert.unreachable();
  } catch (error) {
    assert.is(error, stop);
  }
  assert.ok(closed, 'the iterator is told');
});

test('fit: a training that diverges says so', async () => {
  const engine = await testEngine();
  const plain = network(SMALL_SHAPE, sequence(conv(4), relu(), globalPool(), dense(SMALL_CLASSES)));
  try {
    await fit({ engine, ...settings, network: plain, optimizer: sgd({ lr: 1e30 }) });
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message,
      /^training diverged: the loss of epoch \d+ is \w+ after \d+ steps; take a smaller/,
    );
  }
});

test.run();
