// The factors that drop path draws: 0 or 1/keep, as often as keep says, the same again for the same step.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recordDropPathFactors } from '../src/ops/elementwise/drop_path.ts';
import { runSteps } from '../src/core/step.ts';
import { philox4x32, seedKey, STREAM } from '../src/core/rng.ts';
import { testEngine } from './support/device.ts';
import { download } from './support/device_memory.ts';
import { near } from './support/near.ts';

test('drop path: factors follow the keep probability, the seed and the step', async () => {
  const engine = await testEngine();
  const [paths, images, seed] = [11, 97, 77];
  const drop = recordDropPathFactors(engine, paths, images, seed);
  const draw = async (keep: number, step: number) => {
    runSteps(engine, drop.draw(keep, step));
    return Array.from(await download(engine, drop.factors));
  };
  const first = await draw(0.8, 5);
  const expected = first.map((_, i) => {
    const word = philox4x32([i >> 2, 5, STREAM.dropPath, 0], seedKey(seed))[i % 4]!;
    return (word >>> 8) * 2 ** -24 < Math.fround(0.8) ? 1 / 0.8 : 0;
  });
  near(first, expected, 1e-6, 'factors');
  const kept = first.filter((f) => f > 0).length / first.length;
  assert.ok(Math.abs(kept - 0.8) < 0.04, `kept ${kept}`);
  assert.not.equal(await draw(0.8, 6), first);
  assert.equal(await draw(0.8, 5), first);
  assert.ok((await draw(1, 7)).every((f) => f === 1));
  assert.throws(() => drop.draw(0, 1), /dropPath: got keep 0/);
});

test.run();
