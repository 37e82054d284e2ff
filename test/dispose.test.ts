// Memory that is given back: by scopes, models and engines, with `using` and without; what is left after ten thousand
// rounds; and what calls that come too late throw.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeviceLostError, OutOfMemoryError, RunError, ShapeError, UserError } from '../runtime/errors.ts';
import type { Device } from '../runtime/engine/engine.ts';
import { memoryScope } from '../runtime/engine/memory_scope.ts';
import { commandsOnly, runSteps } from '../src/core/step.ts';
import { Tape } from '../src/core/tape.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { download, upload } from '../src/core/transfer.ts';
import { fit } from '../src/fit/fit.ts';
import { predict } from '../src/fit/inference.ts';
import { dense, flatten } from '../src/fit/layers.ts';
import { sequence } from '../src/fit/layer.ts';
import { openModel } from '../src/fit/model.ts';
import { network } from '../src/fit/network.ts';
import { linear } from '../src/ops/matmul/linear.ts';
import { relu } from '../src/ops/elementwise/unary.ts';
import { openTestDevice, testEngine } from './support/device.ts';

const ROUNDS = 10_000;
/** Much less than what so many buffers of 1 KiB with their commands take. */
const GROWTH = 32 * 2 ** 20;

// what JavaScript no longer holds, Dawn lets go of when it is collected
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const bytesOf = ({ buffers }: Device): number => buffers.reduce((sum, { bytes }) => sum + bytes, 0);

const small = network([1, 4, 4], sequence(flatten(), dense(3)));

function doubleReluOf(engine: Device, values: Float32Array<ArrayBuffer>) {
  const x = upload(engine, 'x', [values.length], values);
  const memory = directAllocator(engine);
  const tape = new Tape({ engine, activations: memory, scratch: memory, training: false });
  const y = tape.apply(relu, { x: tape.apply(relu, { x }) });
  return { y, commands: tape.take() };
}

test(`dispose: nothing is left after ${ROUNDS} rounds of making, running and giving back`, async () => {
  const engine = await testEngine();
  const values = new Float32Array(256).fill(1);
  const round = (): void => {
    using memory = memoryScope(engine);
    const { commands } = doubleReluOf(memory, values);
    memory.submit(commands);
  };
  const rounds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      round();
      if (i % 100 === 0) await engine.idle();
      if (i % 500 === 0) collectGarbage();
    }
    await engine.idle();
    collectGarbage();
  };
  await rounds(ROUNDS / 2);
  const before = { ...engine.counters, live: engine.buffers.length, bytes: bytesOf(engine) };
  const resident = process.memoryUsage.rss();
  await rounds(ROUNDS / 2);
  const grown = process.memoryUsage.rss() - resident;
  assert.is(engine.buffers.length, before.live);
  assert.is(bytesOf(engine), before.bytes);
  // of what the engine keeps for good nothing came new
  assert.is(engine.counters.pipelines, before.pipelines);
  assert.is(engine.counters.shaderModules, before.shaderModules);
  assert.is(engine.counters.buffers - before.buffers, (3 * ROUNDS) / 2);
  assert.ok(grown < GROWTH, `${grown / 2 ** 20} MiB more`);
});

test('dispose: a scope gives back its own memory alone, and works as its device does', async () => {
  const engine = await testEngine();
  const kept = upload(engine, 'kept', [4], Float32Array.of(1, -2, 3, -4));
  const live = engine.buffers.length;
  const memory = memoryScope(engine);
  const { y, commands } = doubleReluOf(memory, Float32Array.of(-1, 2, -3, 4));
  memory.submit(commands);
  assert.equal([...(await download(memory, y))[0]!], [0, 2, 0, 4]);
  assert.is(memory.buffers.length, 3);
  assert.is(engine.buffers.length, live + 3);
  memory.free(y.buffer);
  assert.is(memory.buffers.length, 2);
  memory.destroy();
  memory.destroy();
  assert.is(engine.buffers.length, live);
  assert.equal([...(await download(engine, kept))[0]!], [1, -2, 3, -4]);
  engine.free(kept.buffer);
  assert.is(engine.buffers.length, live - 1);
});

test('dispose: a trained model keeps its weights alone, and gives them back', async () => {
  const engine = await testEngine();
  const live = engine.buffers.length;
  const images = { images: new Float32Array(4 * 16).fill(1), labels: [0, 1, 2, 0] };
  for (let i = 0; i < 3; i++) {
    const { model } = await fit({ engine, network: small, images, batch: 2, epochs: 1 });
    // weights, gradients, and running statistics, of which this network has none
    assert.is(engine.buffers.length, live + 3);
    await predict(model, images);
    assert.ok(engine.buffers.length > live + 3);
    model.destroy();
    assert.is(engine.buffers.length, live);
  }
  {
    using model = openModel({ engine, network: small });
    assert.is(model.engine.buffers.length, 3);
  }
  assert.is(engine.buffers.length, live);
});

test('dispose: a training that fails leaves no memory behind', async () => {
  const engine = await testEngine();
  const live = engine.buffers.length;
  const images = { images: new Float32Array(16), labels: [7] };
  await rejectsWith(UserError, () => fit({ engine, network: small, images, batch: 1, epochs: 1 }));
  assert.is(engine.buffers.length, live);
});

test('dispose: what was recorded on memory that was given back is refused', async () => {
  const engine = await testEngine();
  const memory = memoryScope(engine);
  const { commands } = doubleReluOf(memory, Float32Array.of(1, 2));
  memory.destroy();
  await rejectsWith(RunError, async () => {
    runSteps(engine, commandsOnly(commands));
    await engine.idle();
  });
});

test('dispose: an engine that was destroyed says so to every later call', async () => {
  const { engine } = await openTestDevice();
  const x = upload(engine, 'x', [2], Float32Array.of(1, 2));
  {
    using same: Device = engine;
    assert.is(same.buffers.length, 1);
  }
  assert.is(engine.buffers.length, 0);
  await rejectsWith(DeviceLostError, () => engine.createBuffer('late', 16));
  await rejectsWith(DeviceLostError, () => engine.submit([]));
  await rejectsWith(DeviceLostError, () => engine.read(x));
});

test('errors: a GPU without memory, and tensors that do not fit, have errors of their own', async () => {
  const { device, engine } = await openTestDevice();
  const error = new GPUOutOfMemoryError('Failed to allocate 1 TiB');
  device.onuncapturederror!({ error, preventDefault() {} } as unknown as GPUUncapturedErrorEvent);
  await rejectsWith(OutOfMemoryError, () => engine.check());
  engine.check();

  const x = upload(engine, 'x', [2, 3], new Float32Array(6));
  const weight = upload(engine, 'weight', [4, 5], new Float32Array(20));
  const memory = directAllocator(engine);
  const tape = new Tape({ engine, activations: memory, scratch: memory });
  await rejectsWith(ShapeError, () => void tape.apply(linear, { x, weight, bias: null }));
  await rejectsWith(ShapeError, () => void network([1, 4, 4], dense(3))());
  engine.destroy();
});

async function rejectsWith(kind: typeof RunError | typeof UserError, work: () => unknown): Promise<void> {
  let error: unknown;
  try {
    await work();
  } catch (thrown) {
    error = thrown;
  }
  assert.instance(error, kind);
}

test.run();
