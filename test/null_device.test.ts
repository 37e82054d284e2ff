// The device for planning has room for a supernet of hundreds of cells: tens of thousands of buffers of any size, of which
// a call may use as many as there are bindings.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openNullEngine } from '../runtime/engine/null_device.ts';
import { nodeGpu } from '../runtime/host/node/gpu_node.ts';
import { createTensor } from '../src/core/allocator.ts';
import { Tape } from '../src/core/tape.ts';
import { ops } from '../src/ops/index.ts';

test('null device: 20,000 buffers of 1 MiB and more, and calls that use the last of them', async () => {
  const engine = await openNullEngine(nodeGpu(), 'llvmpipe');
  const acquire = (label: string, bytes: number) => engine.createBuffer(label, bytes);
  for (let i = 0; i < 20_000; i++) engine.createBuffer(`buffer ${i}`, 2 ** 20 + 4 * i);
  const tape = new Tape({
    engine,
    activations: { acquire, release() {} },
    scratch: { acquire, release() {} },
  });
  const vector = (label: string) => createTensor(engine, label, [64]);
  const x = createTensor(engine, 'x', [8, 64, 32, 32]);
  const statistics = { runningMean: vector('mean'), runningVar: vector('variance') };
  const weights = { gamma: vector('gamma'), beta: vector('beta') };
  tape.apply(ops.batchNorm, { x, ...weights, ...statistics }, { training: true });
  engine.submit(tape.take());
  await engine.idle();
  engine.check();
  assert.ok(engine.buffers.length >= 20_000);
});

test.run();
