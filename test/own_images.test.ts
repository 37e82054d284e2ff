// Searches, transformations and trainings on images that are not CIFAR-10's: grey, of 9 x 9 pixels, in four classes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import type { Dataset } from '../src/data/dataset.ts';
import { openFinishedRun } from '../src/derive/finished_run.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { NETWORK_PLANS } from '../src/networks/registry.ts';
import { readFinishedRun } from '../src/run/run_folder.ts';
import type { SearchConfig } from '../src/search/config.ts';
import { DEFAULTS, type TrainConfig } from '../src/train/config.ts';
import { evaluateNetwork, readTrainedNetwork } from '../src/train/evaluate_run.ts';
import { residentImages } from '../src/train/resident_images.ts';
import { testEngine } from './support/device.ts';
import { RUN, runSmall, sample, textOf, TINY } from './support/search_run.ts';
import { stripedImages } from './support/stripes.ts';
import { TINY_ARCHITECTURE } from './support/tiny_architecture.ts';
import { trainSmall } from './support/train_run.ts';

const stripes = stripedImages(96, 40, 3);
const CONFIG: SearchConfig = { ...TINY, data: 'stripes', epochs: 1, maxSteps: 2 };

async function refused(work: Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await work.then(
    () => assert.unreachable('it was taken'),
    (reason) => reason,
  );
  assert.instance(error, UserError);
  assert.match((error as Error).message, message);
}

test('a search remembers its images: interrupted, it goes on with them and with no others (seeds 3, 7)', async () => {
  const engine = await testEngine();
  const run = (data: Dataset, more: Parameters<typeof runSmall>[2] = {}) =>
    runSmall(engine, CONFIG, { data, ...more });
  const whole = await run(stripes);
  const { dataset } = JSON.parse(textOf(whole, 'config.json'));
  const { sha256, ...rest } = dataset;
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.equal(rest, { ...stripes.format, trainImages: 96, testImages: 40 });
  const stopped = await run(stripes, { stopAfter: 2 });
  assert.is(stopped.result, null);
  const { files } = stopped;
  await refused(
    run(stripedImages(96, 40, 4), { files }),
    /run: .* other options: .*dataset\.sha256 is .* there/,
  );
  await refused(run(sample, { files }), /dataset\.classes is 4 there and nothing here/);
  const resumed = await run(stripes, { files });
  assert.equal(resumed.result, whole.result);
});

test('a finished search judges architectures by its images, and refuses others (seeds 3, 7)', async () => {
  const engine = await testEngine();
  const { files } = await runSmall(engine, CONFIG, { data: stripes });
  const finished = await readFinishedRun(files, RUN);
  const evaluator = await openFinishedRun(engine, CONFIG, finished, stripes, RUN);
  assert.equal(evaluator.images, { selection: 24, test: 40 });
  const accuracy = await evaluator.accuracy(TINY_ARCHITECTURE, 'test');
  assert.ok(Number.isInteger(Math.round(1e6 * accuracy * 40) / 1e6), String(accuracy));
  await refused(
    openFinishedRun(engine, CONFIG, finished, sample, RUN),
    /^data stripes: got 10 classes of 3 x 32 x 32 images, but this run is of 4 classes of 1 x 9 x 9 images/,
  );
});

const TRAINING: TrainConfig = {
  ...DEFAULTS.cifar10.cells,
  ...{ arch: 'ResBlock', setting: 'cifar10', data: 'stripes', seed: 5, channels: 4, layers: 3, lr: 0.1 },
  ...{ batch: 16, epochs: 12, auxiliary: 0, dropPath: 0, cutout: 0, evalEvery: 12 },
};

test('a network learns to tell them apart, and is evaluated by them (seeds 3, 5)', async () => {
  const engine = await testEngine();
  const { files, result } = await trainSmall(engine, TRAINING, { data: stripes });
  assert.ok(result!.test.top1 >= 0.9, `top-1 ${result!.test.top1}, chance is 0.25`);
  const config = JSON.parse(textOf({ files }, 'config.json'));
  assert.equal([config.imageSize, config.dataset.classes], [9, 4]);
  const trained = await readTrainedNetwork(files, RUN, 'last');
  const observer = { progress() {}, stop: () => false };
  const data = residentImages(stripes, trained.config);
  const evaluated = (await evaluateNetwork(engine, trained, data, observer))!;
  assert.is(evaluated.top1, result!.test.top1);
  assert.is(evaluated.classes.length, 4);
  const other = residentImages(sample, trained.config);
  await refused(evaluateNetwork(engine, trained, other, observer), /^data stripes: got 10 classes/);
});

test('every network takes grey images: one channel less two in what reads them, and nothing else', () => {
  for (const { name, setting } of [...NETWORK_PLANS, { name: 'DARTS', setting: 'imagenet' as const }]) {
    const sizes = { imageSize: 45, classes: 3 };
    const shapes = (imageChannels: number) =>
      requireNetwork(name, setting, { ...sizes, imageChannels }).weights.parameters.map(({ shape }) => shape);
    const [grey, colour] = [shapes(1), shapes(3)];
    const different = colour.flatMap((shape, i) =>
      String(shape) === String(grey[i]) ? [] : [[shape, grey[i]!]],
    );
    assert.ok(different.length >= 1 && different.length <= 2, name);
    for (const [[o, , ...kernel], own] of different as [number[], number[]][]) {
      assert.equal(own, [o, 1, ...kernel], name);
    }
  }
});

test.run();
