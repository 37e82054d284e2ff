// What a plan tells without a device, and what it refuses: memory that was not planned, writes that would be lost,
// results that are not where other recordings look for them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LimitError } from '../runtime/errors.ts';
import { FULLY_CONCAT_PRIMITIVES } from '../src/arch/primitives.ts';
import { createTensor, SlotAllocator } from '../src/core/allocator.ts';
import { ANY_ADAPTER, planRecording } from '../src/core/plan.ts';
import { PlannedSizes } from '../src/core/planned_sizes.ts';
import { commandsOnly, inOrder, writesOnly } from '../src/core/step.ts';
import { recordSupernet } from '../src/supernet/setup.ts';
import { Supernet } from '../src/supernet/supernet.ts';

const CONFIG = {
  ...{ channels: 4, layers: 3, nodes: 1, classes: 10, imageSize: 16 },
  primitives: FULLY_CONCAT_PRIMITIVES,
  looseEnd: false,
};

/** Bytes that any plan has: the staging buffer of the smallest readback. */
const LEAST = planRecording(ANY_ADAPTER, () => null).bytes;

test('plan: a slot takes the most that any recording asks of it', () => {
  const { bytes } = planRecording(ANY_ADAPTER, (engine) => {
    const slots = new SlotAllocator('slots', engine);
    for (const sizes of [[400, 80], [100, 200, 16], [300]]) {
      slots.reset();
      for (const size of sizes) slots.acquire('x', size);
    }
    createTensor(engine, 'own', [25]);
  });
  assert.is(bytes - LEAST, 400 + 200 + 16 + 100);
});

test('plan: two memories under one name are refused', () => {
  const build = () =>
    planRecording(ANY_ADAPTER, (engine) => ['a', 'a'].map((name) => new SlotAllocator(name, engine)));
  assert.throws(build, /internal: memory 'a' is planned twice/);
});

test('plan: what is too large for the adapter is told before anything is made', () => {
  const limits = { maxBufferBytes: 1000, maxBindingBytes: 500 };
  const build = () =>
    planRecording({ kind: 'gpu', limits }, (engine) => createTensor(engine, 'images', [300]));
  assert.throws(build, (error: Error) => error instanceof LimitError && /'images' needs 1200 bytes/.test(error.message)); // prettier-ignore
});

test('planned sizes: a recording that needs more than was planned is refused', () => {
  const learnt = new PlannedSizes('slots', (sizes) => sizes.sum());
  learnt.need('a', 10);
  learnt.need('a', 5);
  learnt.need('b', 1);
  assert.equal([...learnt.entries()], [['a', 10], ['b', 1]]); // prettier-ignore
  const fixed = learnt.fixed();
  fixed.need('a', 10);
  assert.is(fixed.bytes, 11);
  assert.throws(() => fixed.need('b', 2), 'internal: slots: b needs 2, planned 1');
  assert.throws(() => fixed.need('c', 1), 'internal: slots: c needs 1, planned 0');
});

test('steps: what is written twice before one submission is refused', () => {
  const region = { buffer: { label: 'settings', bytes: 16 }, offset: 0, bytes: 16 };
  const write = writesOnly({ region, data: new Float32Array(4) });
  const other = writesOnly({ region: { ...region, offset: 256 }, data: new Float32Array(4) });
  assert.throws(() => inOrder(write, commandsOnly([]), write), /'settings' is written twice/);
  assert.is(inOrder(write, other).writes.length, 2);
});

test('supernet: a layer that leaves its result elsewhere than it was asked to is refused', () => {
  const build = () =>
    planRecording(ANY_ADAPTER, (engine) => {
      const { model, memory } = recordSupernet(engine, CONFIG, 2);
      const classifier: typeof model.classifier = (tape, x) => model.classifier(tape, x);
      const lossGrad = createTensor(engine, 'loss gradient', [1]);
      return new Supernet({ engine, model: { ...model, classifier }, memory }, lossGrad);
    });
  assert.throws(build, /internal: head: the result is in '.*', not in 'logits'/);
});

test.run();
