// Evaluating, predicting with, saving and opening models: every image counts once, in order, and a model is what it was.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fit } from '../src/fit/fit.ts';
import { evaluate, predict } from '../src/fit/inference.ts';
import { conv, dense, dropout, globalPool, norm, relu } from '../src/fit/layers.ts';
import { sequence } from '../src/fit/layer.ts';
import { openModel, saveModel } from '../src/fit/model.ts';
import { network } from '../src/fit/network.ts';
import { parseSafetensors, serializeSafetensors } from '../src/io/safetensors.ts';
import { testEngine } from './support/device.ts';
import { batchesOf, rejects, SMALL_CLASSES, SMALL_SHAPE, smallImages } from './support/small_images.ts';

const train = smallImages(70, 5);
const held = smallImages(50, 6);
const small = network(
  SMALL_SHAPE,
  sequence(conv(8), norm(), relu(), globalPool(), dropout(0.25), dense(SMALL_CLASSES)),
);
const settings = { network: small, images: train, epochs: 3, batch: 16, seed: 11 } as const;

test('evaluate, predict: in order, whatever the batch, and all images once', async () => {
  const engine = await testEngine();
  const model = openModel({ engine, network: small, seed: 4 });
  const whole = await predict(model, held.images, { batch: 50 });
  assert.is(whole.logits.length, 50 * SMALL_CLASSES);
  const pieces = await predict(model, batchesOf(held, 7), { batch: 3 });
  assert.equal(pieces, whole);
  const hits = whole.classes.filter((k, n) => k === held.labels[n]).length;
  const counted = await evaluate(model, held, { batch: 16 });
  assert.is(counted.images, 50);
  assert.is(counted.top1, hits / 50);
  assert.equal((await evaluate(model, batchesOf(held, 7))).confusion, counted.confusion);
  for (const [n, best] of whole.classes.entries()) {
    const row = [...whole.logits.subarray(n * SMALL_CLASSES, (n + 1) * SMALL_CLASSES)];
    assert.is(best, row.indexOf(Math.max(...row)));
    const sum = row.reduce((all, v) => all + Math.exp(v), 0);
    row.forEach((v, k) =>
      assert.ok(Math.abs(whole.probabilities[n * SMALL_CLASSES + k]! - Math.exp(v) / sum) < 1e-6),
    );
  }
  await rejects(evaluate(model, []), /^evaluate: there are no images$/);
  await rejects(predict(model, held.images.subarray(1)), /^images: got 6399 values/);
  await rejects(evaluate(model, held, { batch: 0 }), /^batch: got 0/);
});

test('evaluate: nothing is created by the second one', async () => {
  const engine = await testEngine();
  const model = openModel({ engine, network: small });
  await evaluate(model, held);
  await predict(model, held.images);
  const before = { ...engine.counters };
  await evaluate(model, held);
  await predict(model, held.images);
  for (const name of ['buffers', 'bindGroups', 'pipelines', 'shaderModules'] as const) {
    assert.is(engine.counters[name], before[name], name);
  }
});

test('save and open: a model is what it was, its normalisation included', async () => {
  const engine = await testEngine();
  const normalisation = { mean: [0.2, 0.3], deviation: [0.4, 0.5] };
  const { model } = await fit({ engine, ...settings, epochs: 1, normalisation });
  const file = await saveModel(model);
  const opened = openModel({ engine, network: small, weights: new Uint8Array(file) });
  assert.equal(opened.format, model.format);
  assert.equal(await predict(opened, held.images), await predict(model, held.images));
  assert.equal(await saveModel(opened), file);
  const wider = network(SMALL_SHAPE, sequence(conv(9), norm(), relu(), globalPool(), dense(SMALL_CLASSES)));
  await rejects(
    (async () => openModel({ engine, network: wider, weights: file }))(),
    /^weights: tensor '0.weight' is F32 \[8,2,3,3\], expected F32 \[9,2,3,3\]$/,
  );
});

test('open: what cannot be opened is said in one line, and leaves no memory behind', async () => {
  const engine = await testEngine();
  const file = await saveModel(openModel({ engine, network: small }));
  const before = engine.buffers.length;
  const { tensors } = parseSafetensors(new Uint8Array(file), 'file');
  const open = async (weights: Uint8Array<ArrayBuffer>): Promise<unknown> =>
    openModel({ engine, network: small, weights });
  const { '0.weight': _, ...rest } = tensors;
  await rejects(
    open(serializeSafetensors(rest)),
    /^weights: there is no tensor '0.weight'; expected \[8,2,3,3\]$/,
  );
  await rejects(open(file.subarray(0, 40)), /^weights: /);
  for (const [normalisation, message] of [
    [
      '{"mean":1}',
      /^weights: metadata 'normalisation': expected lists 'mean' and 'deviation', got {"mean":1}$/,
    ],
    ['[', /^weights: metadata 'normalisation': /],
    ['{"mean":[1],"deviation":[1]}', /^normalisation: got 1 means and 1 deviations, expected 2 of each$/],
  ] as const) {
    await rejects(open(serializeSafetensors(tensors, { normalisation })), message);
  }
  assert.is(engine.buffers.length, before);
  // without metadata, as other tools write it
  const { format } = openModel({ engine, network: small, weights: serializeSafetensors(tensors) });
  assert.equal(format.normalisation, { mean: [0.5, 0.5], deviation: [0.5, 0.5] });
});

test.run();
