// Random numbers made on the GPU: the host's bits where they are uniform, the right moments where they are normal.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Distribution, recordRandom } from '../src/ops/random.ts';
import { createRng, STREAM } from '../src/core/rng.ts';
import { tensorAt } from '../src/core/tensor.ts';
import { createTensor } from '../src/core/allocator.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { near } from './support/near.ts';

const SEED = 2 ** 40 + 12345;

async function fill(n: number, distribution: Distribution, position: number): Promise<ArrayLike<number>> {
  const engine = await testEngine();
  const y = upload(engine, 'random', [n], 'f32', new Float32Array(n));
  engine.submit([recordRandom(engine, y, distribution, { seed: SEED, stream: STREAM.init, position })]);
  return download(engine, y);
}

for (const n of [1, 4, 7, 1001]) {
  for (const position of [0, 8, 4 * (2 ** 32 - 2), 2 ** 45]) {
    test(`random: ${n} uniform numbers from word ${position} have the host's bits`, async () => {
      const rng = createRng(SEED, STREAM.init, position);
      const u = Array.from({ length: n }, () => rng.uniform());
      assert.equal(Array.from(await fill(n, { kind: 'uniform', low: 0, high: 1 }, position)), u);
      const bound = Math.fround(0.173);
      const symmetric = await fill(n, { kind: 'uniform', low: -bound, high: bound }, position);
      assert.equal(
        Array.from(symmetric),
        u.map((v) => Math.fround(bound * (2 * v - 1))),
      );
      const shifted = await fill(n, { kind: 'uniform', low: 3, high: 5 }, position);
      near(
        shifted,
        u.map((v) => 3 + 2 * v),
        1e-6,
        'in [3,5)',
      );
    });
  }
}

test('random: more workgroups than a row of the grid holds', async () => {
  const engine = await testEngine();
  const n = 4 * 64 * 65536 + 7;
  const y = createTensor(engine, 'random', [n]);
  const distribution = { kind: 'uniform', low: 0, high: 1 } as const;
  engine.submit([recordRandom(engine, y, distribution, { seed: SEED, stream: STREAM.init, position: 0 })]);
  for (const first of [0, 64 * 32768 * 4 - 64, n - (n % 64) - 64]) {
    const rng = createRng(SEED, STREAM.init, first);
    const part = tensorAt(y.buffer, 4 * first, [Math.min(128, n - first)]);
    const u = Array.from({ length: part.shape[0]! }, () => rng.uniform());
    assert.equal(Array.from(await download(engine, part)), u);
  }
});

test('random: normal numbers are those of Box and Muller from the host words', async () => {
  const rng = createRng(SEED, STREAM.init, 16);
  const n = 4001;
  const expected: number[] = [];
  while (expected.length < n) {
    const [a, b] = [rng.uniform(), rng.uniform()];
    const radius = Math.sqrt(-2 * Math.log(1 - a));
    expected.push(
      1.5 + 0.5 * radius * Math.cos(2 * Math.PI * b),
      1.5 + 0.5 * radius * Math.sin(2 * Math.PI * b),
    );
  }
  const got = await fill(n, { kind: 'normal', mean: 1.5, std: 0.5 }, 16);
  near(got, expected.slice(0, n), 1e-4, 'normal');
});

test('random: normal numbers have the moments of a normal variable', async () => {
  const n = 100_000;
  const values = Array.from(await fill(n, { kind: 'normal', mean: 0, std: 1 }, 0));
  const moment = (k: number) => values.reduce((sum, v) => sum + v ** k, 0) / n;
  assert.ok(Math.abs(moment(1)) < 0.015, `mean ${moment(1)}`);
  assert.ok(Math.abs(moment(2) - 1) < 0.025, `variance ${moment(2)}`);
  assert.ok(Math.abs(moment(4) - 3) < 0.2, `fourth moment ${moment(4)}`);
});

test('random: refuses a position inside a block', async () => {
  const engine = await testEngine();
  const y = upload(engine, 'random', [4], 'f32', new Float32Array(4));
  const from = { seed: 1, stream: 0, position: 2 };
  assert.throws(
    () => recordRandom(engine, y, { kind: 'normal', mean: 0, std: 1 }, from),
    /random: got position 2/,
  );
});

test.run();
