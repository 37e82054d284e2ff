// The counters that cross-entropy keeps on the GPU: loss sum, top-1 and top-5 hits, rows; over several batches.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { crossEntropy } from '../src/ops/loss/cross_entropy.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { near } from './support/near.ts';
import { normal } from './support/op_inputs.ts';

const [N, K] = [37, 10];

/** Loss sum, top-1 and top-5 hits; a tie goes to the lower index. */
function count(logits: Float32Array, target: Int32Array): [number, number, number] {
  let [loss, top1, top5] = [0, 0, 0];
  target.forEach((wanted, i) => {
    const row = Array.from(logits.subarray(i * K, (i + 1) * K));
    const order = row.map((_, j) => j).sort((a, b) => row[b]! - row[a]! || a - b);
    const rank = order.indexOf(wanted);
    loss += Math.log(row.reduce((sum, v) => sum + Math.exp(v), 0)) - row[wanted]!;
    top1 += rank < 1 ? 1 : 0;
    top5 += rank < 5 ? 1 : 0;
  });
  return [loss, top1, top5];
}

for (const [training, accumulate] of [
  [true, true],
  [false, true],
  [true, false],
] as const) {
  const what = accumulate ? 'add up over batches' : 'are of the last batch';
  test(`metrics: ${what}, training ${training}`, async () => {
    const engine = await testEngine();
    const rng = createRng(51, 0);
    const logits = upload(engine, 'logits', [N, K], 'f32', new Float32Array(N * K));
    const target = upload(engine, 'target', [N], 'i32', new Int32Array(N));
    const metrics = upload(engine, 'metrics', [4], 'f32', new Float32Array(4));
    const allocator = directAllocator(engine);
    const tape = new Tape({ engine, activations: allocator, scratch: allocator, training });
    const loss = tape.apply(crossEntropy, { logits, target }, { labelSmoothing: 0, metrics, accumulate });
    const commands = tape.take();
    const expected = [0, 0, 0, 0];
    for (let batch = 0; batch < 3; batch++) {
      // Whole numbers, so that there are ties.
      const values = Float32Array.from({ length: N * K }, () => Math.round(normal(rng) * 2));
      const classes = Int32Array.from({ length: N }, () => rng.int(K));
      engine.write(logits, values);
      engine.write(target, classes);
      engine.submit(commands);
      const [sum, top1, top5] = count(values, classes);
      [sum, top1, top5, N].forEach((v, i) => (expected[i] = (accumulate ? expected[i]! : 0) + v));
      near(await download(engine, loss), [sum / N], 1e-6, 'loss');
    }
    const got = await download(engine, metrics);
    near(got.subarray(0, 1), expected.slice(0, 1), 1e-6, 'loss sum');
    assert.equal(Array.from(got.subarray(1)), expected.slice(1));
  });
}

test('metrics: a loss that is not a number shows', async () => {
  const engine = await testEngine();
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const logits = upload(engine, 'logits', [1, 2], 'f32', [NaN, 0]);
  const target = upload(engine, 'target', [1], 'i32', [1]);
  const metrics = upload(engine, 'metrics', [4], 'f32', new Float32Array(4));
  const loss = tape.apply(crossEntropy, { logits, target }, { labelSmoothing: 0, metrics });
  engine.submit(tape.take());
  assert.ok(Number.isNaN((await download(engine, loss))[0]));
  assert.ok(Number.isNaN((await download(engine, metrics))[0]));
});

test.run();
