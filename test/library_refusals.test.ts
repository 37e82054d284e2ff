// What the library is given and cannot take: layers, optimizers, data sets, tensors, trainings. Each is refused by one line
// with what was got and what was expected, before anything is computed. (test/op_shapes.test.ts does it for every op.)
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import * as nat from '../src/engine.ts';
import { testEngine } from './support/device.ts';

const { conv, dense, sequence } = nat;
const engine = await testEngine();

/** What is refused -> how, and the words of it that tell what was wrong. */
type Table = Readonly<Record<string, readonly [call: () => unknown, message: RegExp]>>;

async function checkTable(table: Table): Promise<void> {
  for (const [what, [call, message]] of Object.entries(table)) {
    let error: unknown = null;
    try {
      await call();
    } catch (thrown) {
      error = thrown;
    }
    assert.instance(error, UserError, `${what}: ${String(error)}`);
    const line = (error as Error).message;
    assert.match(line, message, what);
    assert.not.match(line, /\n|internal/, what);
  }
}

const build = (...layers: readonly nat.Layer[]): unknown => nat.network([4, 8, 8], sequence(...layers));
const head = sequence(nat.globalPool(), dense(3));

test('layers', () =>
  checkTable({
    'no window': [() => build(conv(4, { kernel: 0 }), head), /layer 0 \(conv\): got a window of 0, expected/],
    'half a window': [
      () => build(conv(4, { kernel: 1.5 }), head),
      /layer 0 \(conv\): got a window of 1.5, expected/,
    ],
    'stride 0': [() => build(conv(4, { stride: 0 }), head), /layer 0 \(conv\): .*stride/],
    'dilation 0': [() => build(conv(4, { dilation: 0 }), head), /layer 0 \(conv\): .*dilation/],
    'padding -1': [() => build(conv(4, { padding: -1 }), head), /layer 0 \(conv\): .*padding/],
    'groups 0': [() => build(conv(4, { groups: 0 }), head), /layer 0 \(conv\): got 0 groups/],
    'a window larger than the image': [
      () => build(conv(4, { kernel: 11, padding: 0 }), head),
      /layer 0 \(conv\): .*the window exceeds the padded input.*\[1,4,8,8\].*\[4,4,11,11\]/,
    ],
    'no channels': [() => build(conv(0), head), /layer 0 \(conv\): got 0 channels/],
    'no classes': [() => build(nat.globalPool(), dense(0)), /layer 1 \(dense\): got 0/],
    'groups of a norm': [() => build(nat.groupNorm(3), head), /layer 0 \(groupNorm\): .*3 .*4/],
    'a pool of no pixels': [() => build(nat.maxPool(0), head), /layer 0 \(maxPool\): /],
    'a pool with stride 0': [
      () => build(nat.avgPool(2, { stride: 0 }), head),
      /layer 0 \(avgPool\): .*stride/,
    ],
    'a size of nothing': [() => build(nat.resize([0, 8]), head), /layer 0 \(resize\): /],
    'a probability that is none': [
      () => build(nat.dropout(NaN), head),
      /layer 0 \(dropout\): got probability NaN/,
    ],
    'a sum of two sizes': [
      () => build((x) => nat.add(conv(4, { stride: 2 })(x), x), head),
      /add: got b of shape \[1,4,8,8\], expected \[1,4,4,4\]/,
    ],
    'side by side, of two sizes': [
      () => build((x) => nat.concat(conv(4, { stride: 2 })(x), x), head),
      /concat: got .*\[1,4,8,8\]/,
    ],
    'vectors as images': [
      () => build(nat.flatten(), nat.maxPool(2)),
      /layer 1 \(maxPool\): .*got shape \[1,256\], expected \(N,C,H,W\)$/,
    ],
  }));

test('optimizers, in trainings and recorded by hand', async () => {
  const store = new nat.ParameterStore('weights', true);
  store.declare('a', [2], nat.zeros);
  await checkTable({
    'a negative rate': [() => nat.sgd({ lr: -0.1 }), /^sgd: got lr -0.1, expected 0 or more$/],
    'no rate': [() => nat.adam({ lr: NaN }), /^adam: got lr NaN, expected 0 or more$/],
    'momentum 1': [
      () => nat.sgd({ momentum: 1 }),
      /^sgd: got momentum 1, expected 0 or more and less than 1$/,
    ],
    'decay below 0': [
      () => nat.sgd({ weightDecay: -1e-4 }),
      /^sgd: got weightDecay -0.0001, expected 0 or more$/,
    ],
    'a norm of 0': [() => nat.sgd({ maxNorm: 0 }), /^sgd: got maxNorm 0, expected more than 0$/],
    'beta1 of 1': [
      () => nat.adam({ betas: [1, 0.999] }),
      /^adam: got beta1 1, expected 0 or more and less than 1$/,
    ],
    'beta2 below 0': [() => nat.adam({ betas: [0.9, -1] }), /^adam: got beta2 -1/],
    'eps of 0': [() => nat.adam({ eps: 0 }), /^adam: got eps 0, expected more than 0$/],
    'an infinite decay': [() => nat.adam({ weightDecay: Infinity }), /^adam: got weightDecay Infinity/],
    'sgd by hand': [
      () => nat.recordSgd(engine, store, { momentum: 2, weightDecay: 0 }),
      /^sgd: got momentum 2, expected 0 or more and less than 1$/,
    ],
    'adam by hand': [
      () => nat.recordAdam(engine, store, { betas: [0.9, 0.999], eps: -1, weightDecay: 0 }),
      /^adam: got eps -1, expected more than 0$/,
    ],
  });
});

test('weights and tensors', () => {
  const store = new nat.ParameterStore('weights', true);
  store.declare('a', [2], nat.zeros);
  return checkTable({
    'a name twice': [() => store.declare('a', [3], nat.zeros), /^parameter a is declared twice in weights; /],
    'a shape without elements': [
      () => store.declare('b', [3, 0], nat.zeros),
      /^parameter b: got shape \[3,0\], expected whole numbers of 1 or more$/,
    ],
    'values that are too few': [
      () => nat.upload(engine, 'x', [2, 3], new Float32Array(5)),
      /^x: got 5 values, expected 6 for shape \[2,3\]$/,
    ],
    'a seed that is none': [() => nat.createRng(-1, 0), /^seed: expected an integer from 0 to \d+, got -1$/],
  });
});

/** Two grey images of 2 x 2. */
const SET = { images: new Uint8Array(8), labels: Uint8Array.of(0, 1) };
const PARTS: nat.DatasetParts = { classNames: ['a', 'b'], channels: 1, imageSize: 2, train: SET, test: SET };

test('data sets and what feeds batches of them', async () => {
  const memory = nat.memoryScope(engine);
  const { format } = nat.defineDataset(PARTS);
  const y = nat.createTensor(memory, 'y', [2, 1, 2, 2]);
  const targets = nat.createTensor(memory, 'targets', [2], 'i32');
  const shape = { images: 2, batch: 2, imageSize: 2, channels: 1 };
  const plain = { padding: 0, flip: false, cutout: 0 };
  const feed = nat.recordFeed(memory, shape, y, targets, plain, format);
  try {
    await checkTable({
      'two channels': [
        () => nat.defineDataset({ ...PARTS, channels: 2 }),
        /^data set: got 2 channels, expected 1 or 3$/,
      ],
      'half a pixel': [
        () => nat.defineDataset({ ...PARTS, imageSize: 0.5 }),
        /^data set: got images of 0.5 pixels a side/,
      ],
      'no classes': [() => nat.defineDataset({ ...PARTS, classNames: [] }), /^data set: got 0 classes/],
      'bytes that are missing': [
        () => nat.defineDataset({ ...PARTS, test: { ...SET, images: new Uint8Array(7) } }),
        /^data set: got 7 bytes of test images and 2 labels, expected 8 bytes/,
      ],
      'a class that is none': [
        () => nat.defineDataset({ ...PARTS, train: { ...SET, labels: Uint8Array.of(0, 2) } }),
        /^data set: training image 1 has label 2; expected 0 to 1$/,
      ],
      'two means': [
        () => nat.defineDataset({ ...PARTS, mean: [0, 0] }),
        /^normalisation: got 2 means and 1 deviations/,
      ],
      'no deviation': [
        () => nat.defineDataset({ ...PARTS, deviation: [0] }),
        /^normalisation: got 0, expected finite means, and deviations of more than 0$/,
      ],
      'a mean that is no number': [
        () => nat.defineDataset({ ...PARTS, mean: [NaN] }),
        /^normalisation: got NaN/,
      ],
      'other images': [
        () => feed.load({ images: new Uint8Array(4), labels: Uint8Array.of(1) }),
        /^feed: got 1 labels/,
      ],
      'too few indices': [() => feed.batch(Int32Array.of(1), null), /^feed: got 1 indices, expected 2$/],
      'an image that is not there': [
        () => feed.batch(Int32Array.of(0, 2), null),
        /^feed: got index 2, expected 0 to 1$/,
      ],
      'a tensor of another shape': [
        () => nat.recordFeed(memory, shape, targets, targets, plain, format),
        /^feed: got images of shape \[2\], expected \[2,1,2,2\]$/,
      ],
    });
  } finally {
    memory.destroy();
  }
});

test('trainings and predictions', () => {
  const options = {
    engine,
    network: nat.network([1, 2, 2], sequence(nat.flatten(), dense(2))),
    images: { images: SET.images, labels: SET.labels },
    epochs: 1,
    batch: 2,
  };
  const model = nat.openModel(options);
  return checkTable({
    'no epochs': [
      () => nat.fit({ ...options, epochs: 0 }),
      /^fit: got epochs 0, expected a whole number of 1 or more$/,
    ],
    'half a batch': [() => nat.fit({ ...options, batch: 0.5 }), /^fit: got batch 0.5/],
    'a batch of more than there are': [
      () => nat.fit({ ...options, batch: 3 }),
      /^fit: got batch 3, but there are only 2/,
    ],
    'smoothing all of it': [
      () => nat.fit({ ...options, labelSmoothing: 1 }),
      /^fit: got labelSmoothing 1, expected 0 or more and less than 1$/,
    ],
    'a seed that is none': [() => nat.fit({ ...options, seed: 1.5 }), /^seed: .*got 1.5$/],
    'a schedule without numbers': [
      () => nat.fit({ ...options, schedule: () => NaN }),
      /^fit: got a learning rate of NaN in epoch 0, expected a finite one of schedule$/,
    ],
    'images without labels': [
      () => nat.fit({ ...options, images: { images: SET.images } }),
      /^images: got 2 images without labels/,
    ],
    'half an image': [
      () => nat.predict(model, { images: new Uint8Array(6) }),
      /^images: got 6 values, expected a multiple of 4/,
    ],
    'no images': [
      () => nat.evaluate(model, { images: new Uint8Array(0), labels: [] }),
      /there are no images/,
    ],
    'a batch of none': [() => nat.predict(model, options.images, { batch: 0 }), /^batch: got 0/],
  });
});

test.run();
