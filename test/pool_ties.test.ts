// Equal maxima: the gradient goes to the first in row-major order, in the general kernels and in those for 3x3.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { maxPool2d } from '../src/ops/pool/max_pool2d.ts';
import type { PoolAttrs } from '../src/ops/pool/pool_geometry.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';

/** Gradient of the sum of the outputs: how many windows each pixel of (H,W) wins. */
function winsPerPixel(
  x: readonly number[],
  h: number,
  w: number,
  { kernel, stride = kernel, padding = 0 }: PoolAttrs,
): number[] {
  const wins = x.map(() => 0);
  for (let top = -padding; top + kernel <= h + padding; top += stride) {
    for (let left = -padding; left + kernel <= w + padding; left += stride) {
      let winner = -1;
      for (let i = Math.max(top, 0); i < Math.min(top + kernel, h); i++) {
        for (let j = Math.max(left, 0); j < Math.min(left + kernel, w); j++) {
          if (winner < 0 || x[i * w + j]! > x[winner]!) winner = i * w + j;
        }
      }
      wins[winner]!++;
    }
  }
  return wins;
}

const cases: readonly [h: number, w: number, attrs: PoolAttrs][] = [
  [6, 8, { kernel: 3, stride: 1, padding: 1 }],
  [6, 7, { kernel: 3, stride: 1, padding: 1 }],
  [9, 8, { kernel: 3, stride: 2, padding: 1 }],
  [8, 16, { kernel: 3, stride: 2, padding: 1 }],
  [38, 24, { kernel: 3, stride: 2, padding: 1 }],
  [6, 16, { kernel: 3, stride: 1, padding: 1 }],
  [20, 12, { kernel: 3, stride: 1, padding: 1 }],
  [8, 8, { kernel: 2, stride: 2, padding: 0 }],
  [20, 20, { kernel: 17, stride: 1, padding: 8 }],
];

const runs = [1, 3].flatMap((levels) =>
  (['registers', 'tiled'] as const).map((form) => [levels, form] as const),
);

for (const [h, w, attrs] of cases) {
  for (const [levels, form] of runs) {
    test(`max pool: ${levels} values in ${h}x${w}, ${JSON.stringify(attrs)} (${form})`, async () => {
      const engine = await testEngine(form);
      const rng = createRng(61, 0);
      // Negative, so that padding would win if it took part.
      const values = Array.from({ length: h * w }, () => -1 - rng.int(levels));
      const grad = upload(engine, 'gradient', [1, 1, h, w], 'f32', new Float32Array(h * w));
      const x = { ...upload(engine, 'x', [1, 1, h, w], 'f32', values), grad };
      const allocator = directAllocator(engine);
      const tape = new Tape({ engine, activations: allocator, scratch: allocator });
      const y = tape.apply(maxPool2d, { x }, attrs);
      const outputs = y.shape.reduce((product, extent) => product * extent, 1);
      tape.seed(y, upload(engine, 'gradOutput', y.shape, 'f32', new Float32Array(outputs).fill(1)));
      tape.backward();
      engine.submit(tape.take());
      assert.equal(Array.from(await download(engine, grad)), winsPerPixel(values, h, w, attrs));
    });
  }
}

test.run();
