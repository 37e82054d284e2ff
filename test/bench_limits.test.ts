// The kernels that measure an adapter's limits compute what they claim, and their check would notice if not.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { copyProbe } from '../bench/limits/copy.ts';
import { fmaProbe, fmaResult } from '../bench/limits/fma.ts';
import { matmulProbe } from '../bench/limits/matmul.ts';
import { type Probe, probeWorkload } from '../bench/limits/probe.ts';
import { testEngine } from './support/device.ts';

async function resultOf(engine: GpuEngine, probe: Probe): Promise<Float32Array> {
  const { call, result } = probe.setUp(engine);
  engine.submit([engine.record(call)]);
  const [bytes] = await engine.read(result);
  return new Float32Array(bytes!.buffer);
}

/** Small: the values are exact, whatever the order of the sum. */
const PROBES = [
  fmaProbe({ invocations: 64, rounds: 2 }, true),
  fmaProbe({ invocations: 64, rounds: 2 }, false),
  copyProbe(2 ** 14, 1),
  copyProbe(2 ** 14, 16),
  matmulProbe('4x16 registers', 32),
  matmulProbe('8x8 registers', 32),
  matmulProbe('workgroup', 128),
];

for (const probe of PROBES) {
  test(`${probe.name}: the result is right, and a wrong one is noticed`, async () => {
    const engine = await testEngine();
    const { workload, complaint } = probeWorkload(probe);
    const { enqueue } = await workload.prepare(engine);
    await enqueue(2);
    assert.is(await complaint(engine), null);
    const values = await resultOf(engine, probe);
    assert.is(probe.check(values), null);
    // of the matrix products every 13th row and column is checked
    for (const at of [0, 13]) {
      const wrong = values.slice();
      wrong[at]! += 1;
      assert.is(probe.check(wrong)?.at, at);
    }
    assert.ok(probe.check(new Float32Array(values.length)));
  });
}

test('the chain of multiply-adds ends at its closed form', async () => {
  // x <- x / 2 + 1 from 5, eight times: 2 + 3 / 256
  assert.is(fmaResult(5, 0, 2), 2 + 3 / 256);
  const values = await resultOf(await testEngine(), fmaProbe({ invocations: 64, rounds: 2 }, true));
  assert.is(values[5 * 12], 2 + 3 / 256);
  // the twelfth number of invocation 9 begins at 1 + 11
  assert.is(values[9 * 12 + 11], 2 + 10 / 256);
});

test('a matrix product is that of a plain loop', async () => {
  const size = 32;
  const values = await resultOf(await testEngine(), matmulProbe('4x16 registers', size));
  for (const [row, column] of [
    [0, 0],
    [5, 31],
    [31, 17],
  ] as const) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += (((row + 2 * k) % 5) - 2) * (((3 * k + column) % 7) - 3);
    assert.is(values[row * size + column], sum);
  }
});

test('amounts: 2 a multiply-add, reads and writes', () => {
  assert.is(fmaProbe({ invocations: 10, rounds: 3 }, true).amount, 2 * 10 * 12 * 4 * 3);
  assert.is(copyProbe(1024, 1).amount, 2048);
  assert.is(matmulProbe('workgroup', 128).amount, 2 * 128 ** 3);
});

test.run();
