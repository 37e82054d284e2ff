// Numbers that are not finite: with every kernel call checked, the first one that leaves one is named, with its step;
// without, they end a run before they are kept, and are refused where weights come from outside.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CheckedDevice } from '../runtime/engine/checked_device.ts';
import { RunError, UserError } from '../runtime/errors.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { Tape } from '../src/core/tape.ts';
import { upload } from '../src/core/transfer.ts';
import { ParameterStore, zeros } from '../src/nn/parameters.ts';
import { importParameters } from '../src/nn/weight_files.ts';
import { ops } from '../src/ops/index.ts';
import { Saving } from '../src/run/saving.ts';
import { testEngine } from './support/device.ts';
import { refusal } from './support/run_stand_in.ts';
import { fileOf, runSmall, TINY } from './support/search_run.ts';

const HUGE = 3e38;

/** A 1x1 convolution of one channel by 2, whose input or whose output's gradient has a huge element. */
async function doubling(device: CheckedDevice, at: number, inGradient: boolean) {
  const values = (huge: boolean) =>
    Float32Array.from({ length: 64 }, (_, i) => (huge && i === at ? HUGE : 1));
  const shape = [1, 1, 8, 8];
  const x = {
    ...upload(device, 'x', shape, values(!inGradient)),
    grad: upload(device, 'gx', shape, values(false)),
  };
  const weight = upload(device, 'weight', [1, 1, 1, 1], new Float32Array([2]));
  const allocator = directAllocator(device);
  const tape = new Tape({ engine: device, activations: allocator, scratch: allocator });
  const y = tape.apply(ops.conv2d, { x, weight }, { stride: 1, padding: [0, 0], dilation: 1, groups: 1 });
  const last = tape.apply(ops.relu, { x: y });
  tape.seed(last, upload(device, 'gradient', shape, values(inGradient)));
  const forward = tape.take();
  tape.backward();
  return { forward, backward: tape.take(), region: last };
}

for (const form of ['registers', 'tiled'] as const) {
  test(`${form}: the kernel, its binding and the element that overflowed are named, not what came after`, async () => {
    const device = new CheckedDevice(await testEngine(form));
    const { forward } = await doubling(device, 37, false);
    device.submit(forward);
    const line = await refusal(device.inspect(), RunError);
    assert.match(line, /^kernel \w*conv2d\w* left a number that is not finite: element 37 of \w+, in '/);
    await device.inspect();
  });

  test(`${form}: so it is in backward, and a readback tells it as well`, async () => {
    const device = new CheckedDevice(await testEngine(form));
    const { forward, backward, region } = await doubling(device, 11, true);
    device.submit(forward);
    await device.inspect();
    device.mark('epoch 1, weights, step 4');
    device.submit(backward);
    const line = await refusal(device.read(region), RunError);
    assert.match(
      line,
      /^epoch 1, weights, step 4: kernel \w*conv2d\w* left a number .*: element 11 of \w+, in '/,
    );
  });
}

test('a number that is written is looked at as well', async () => {
  const device = new CheckedDevice(await testEngine());
  assert.throws(
    () => upload(device, 'x', [3], new Float32Array([1, NaN, 2])),
    (error: Error) =>
      error instanceof RunError && error.message === "element 1 of what is written to 'x' is NaN",
  );
});

test('a search whose every call is checked leaves the same bytes (seed 7)', async () => {
  const engine = await testEngine();
  const config = { ...TINY, epochs: 1 };
  const plain = await runSmall(engine, config);
  const checked = await runSmall(new CheckedDevice(engine), config);
  for (const name of ['metrics.jsonl', 'weights.safetensors', 'policy.safetensors', 'result.json']) {
    assert.equal(fileOf(checked, name), fileOf(plain, name), name);
  }
});

test('a search that diverges is stopped at the step whose forward pass overflows (seed 7)', async () => {
  // the first update leaves weights of about 1e28, whose squares are beyond f32
  const config = { ...TINY, lr: 1e30, lrMin: 1e30, logEvery: 3 };
  const line = await refusal(runSmall(new CheckedDevice(await testEngine()), config), RunError);
  assert.match(line, /^epoch 1, weights, step 2: kernel \w+, stem left a number that is not finite/);
});

test('a state that is not finite is no checkpoint', async () => {
  const engine = await testEngine();
  const velocity = upload(engine, 'velocity', [4], new Float32Array([0, 1, Infinity, 2]));
  const kept: unknown[] = [];
  const folder = { saveCheckpoint: async (checkpoint: unknown) => void kept.push(checkpoint) };
  const saving = new Saving(engine, folder as never, { state: { velocity }, latest: {} });
  const line = await refusal(saving.save({ epoch: 1, phase: 'train', step: 4 }), RunError);
  assert.match(
    line,
    /^training diverged: before step 5 of epoch 2, train, velocity are not finite; the last /,
  );
  assert.is(kept.length, 0);
});

test('weights that are not finite are not loaded', async () => {
  const engine = await testEngine();
  const store = new ParameterStore('weights', true);
  store.declare('bn.weight', [3], zeros);
  store.allocate(engine);
  const data = new Float32Array([1, 2, -Infinity]);
  assert.throws(
    () =>
      importParameters(engine, store, { 'bn.weight': { dtype: 'F32', shape: [3], data } }, 'w.safetensors'),
    (error: Error) =>
      error instanceof UserError &&
      error.message === "w.safetensors: tensor 'bn.weight': element 2 is -Infinity, expected finite numbers",
  );
});

test.run();
