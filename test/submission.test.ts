// Long command lists reach the GPU in pieces: every command runs once and in order, and clears fall where they stand.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { add } from '../src/ops/elementwise/add.ts';
import { Tape } from '../src/core/tape.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';

const ONES = [1, 2, 3, 4];

/** x + y + y ... with `count` sums, each in a tensor of its own. */
function chain(engine: GpuEngine, x: Tensor, y: Tensor, count: number) {
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
  let sum = x;
  for (let i = 0; i < count; i++) sum = tape.apply(add, { a: sum, b: y });
  return { sum, commands: tape.take() };
}

const ones = (engine: GpuEngine): Tensor => upload(engine, 'ones', [1, 4, 1, 1], 'f32', ONES);

test('a list of several pieces runs as one', async () => {
  const engine = await testEngine();
  const one = ones(engine);
  const { sum, commands } = chain(engine, one, one, 299);
  const { dispatches, submits } = engine.counters;
  engine.submit(commands);
  assert.is(engine.counters.dispatches - dispatches, 299);
  assert.is(engine.counters.submits - submits, 3, '128 + 128 + 43 calls');
  assert.equal(
    [...(await download(engine, sum))],
    ONES.map((v) => 300 * v),
  );
});

test('a list that fills its pieces leaves no empty one behind', async () => {
  const engine = await testEngine();
  const one = ones(engine);
  const { sum, commands } = chain(engine, one, one, 256);
  const { submits } = engine.counters;
  engine.submit(commands);
  assert.is(engine.counters.submits - submits, 2);
  assert.equal(
    [...(await download(engine, sum))],
    ONES.map((v) => 257 * v),
  );
});

test('a clear falls between the commands that it stands between', async () => {
  const engine = await testEngine();
  const one = ones(engine);
  const before = chain(engine, one, one, 130);
  const after = chain(engine, before.sum, one, 130);
  engine.submit(before.commands, [engine.recordClear(before.sum)], after.commands);
  assert.equal(
    [...(await download(engine, after.sum))],
    ONES.map((v) => 130 * v),
  );
});

test.run();
