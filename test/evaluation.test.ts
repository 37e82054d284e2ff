// Counts of an evaluation against a recount on the host: several batches, ties, padding, logits that are no numbers, more classes than a
// workgroup has invocations.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { allocateEvaluationCounts, recordEvaluationCounts } from '../src/ops/loss/evaluation_counts.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { summarizeCounts } from '../src/train/evaluation.ts';
import { keepProbability, learningRate } from '../src/train/schedule.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { near } from './support/near.ts';

for (const [classes, batch, live] of [
  [3, 5, [5, 5, 2]],
  [10, 16, [16, 7]],
  [150, 9, [9, 1]],
] as const) {
  test(`counts of ${classes} classes in batches of ${live} (seed 3)`, async () => {
    const engine = await testEngine();
    const rng = createRng(3, classes);
    const counts = allocateEvaluationCounts(engine, classes);
    for (const x of [counts.confusion, counts.totals, counts.losses]) engine.submit([engine.recordClear(x)]);
    const allocator = directAllocator(engine);
    const confusion = Array.from({ length: classes * classes }, () => 0);
    const totals = Array.from({ length: 2 * classes }, () => 0);
    const losses = Array.from({ length: classes }, () => 0);
    for (const images of live) {
      // few distinct values, so that ties are common
      const logits = Array.from({ length: batch * classes }, () => rng.int(classes) / 4);
      const targets = Array.from({ length: batch }, () => rng.int(classes));
      for (let n = 0; n < images; n++) {
        const row = logits.slice(n * classes, (n + 1) * classes);
        const order = row.map((_, j) => j).sort((a, b) => row[b]! - row[a]! || a - b);
        const target = targets[n]!;
        totals[2 * target]!++;
        if (rng.int(6) === 0) {
          logits[n * classes + rng.int(classes)] = rng.int(2) ? NaN : Infinity;
          continue;
        }
        confusion[target * classes + order[0]!]!++;
        if (order.indexOf(target) < 5) totals[2 * target + 1]!++;
        const total = row.reduce((sum, x) => sum + Math.exp(x - row[order[0]!]!), 0);
        losses[target]! += row[order[0]!]! - row[target]! + Math.log(total);
      }
      const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
      const scores = upload(engine, 'logits', [batch, classes], 'f32', logits);
      recordEvaluationCounts(tape, scores, upload(engine, 'targets', [batch], 'i32', targets), counts);
      engine.write(counts.live, Uint32Array.of(images));
      engine.submit(tape.take());
    }
    assert.equal(Array.from(await download(engine, counts.confusion)), confusion);
    assert.equal(Array.from(await download(engine, counts.totals)), totals);
    near(await download(engine, counts.losses), losses, 1e-6, 'losses');
  });
}

test('counts say accuracy as a whole and by class', () => {
  // 4 images of class 0, of which 3 are right; none of class 1; 1 of class 2, taken for class 0
  const result = summarizeCounts(
    Uint32Array.of(3, 1, 0, 0, 0, 0, 1, 0, 0),
    Uint32Array.of(4, 4, 0, 0, 1, 1),
    Float32Array.of(2, 0, 3),
  );
  assert.equal(result, {
    images: 5,
    loss: 1,
    top1: 0.6,
    top5: 1,
    classes: [
      { images: 4, top1: 0.75, top5: 1 },
      { images: 0, top1: 0, top5: 0 },
      { images: 1, top1: 0, top5: 1 },
    ],
    confusion: [
      [3, 1, 0],
      [0, 0, 0],
      [1, 0, 0],
    ],
  });
  // one of two images has no answer
  const open = summarizeCounts(Uint32Array.of(1, 0, 0, 0), Uint32Array.of(2, 1, 0, 0), Float32Array.of(3, 0));
  assert.equal([open.images, open.loss, open.top1, open.top5], [2, null, 0.5, 0.5]);
});

test('learning rates and keep probabilities by epoch', () => {
  const base = { lr: 0.4, lrMin: 0, decay: 0.5, decayEvery: 2, epochs: 8 };
  const rates = (schedule: 'cosine' | 'step' | 'drops') =>
    Array.from({ length: 8 }, (_, epoch) => learningRate({ ...base, schedule }, epoch));
  near(rates('step'), [0.4, 0.4, 0.2, 0.2, 0.1, 0.1, 0.05, 0.05], 1e-15, 'step');
  near(rates('drops'), [0.4, 0.4, 0.4, 0.4, 0.2, 0.2, 0.1, 0.1], 1e-15, 'drops');
  const cosine = Array.from({ length: 8 }, (_, epoch) => 0.2 * (1 + Math.cos((Math.PI * epoch) / 8)));
  near(rates('cosine'), cosine, 1e-14, 'cosine');
  // DARTS: drop_path_prob * epoch / epochs
  near(
    [0, 3, 7].map((epoch) => keepProbability({ dropPath: 0.2, epochs: 8 }, epoch)),
    [1, 1 - 0.075, 1 - 0.175],
    1e-15,
    'keep',
  );
});

test.run();
