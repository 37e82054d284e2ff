// What a step drops: features before a linear layer and paths of cells, forward and backward, by step and layer.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { commandsOnly, runSteps } from '../src/core/step.ts';
import { Tape } from '../src/core/tape.ts';
import { countPaths, recordRegularisation } from '../src/train/regularisation.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';

test('dropout: forward and backward drop the same features, other layers and steps drop others (seed 6)', async () => {
  const engine = await testEngine();
  const [n, k] = [12, 50];
  const regularisation = recordRegularisation(engine, 0, { seed: 6, batch: n });
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const values = Float32Array.from({ length: n * k }, (_, i) => 1 + (i % 7));
  const ones = new Float32Array(n * k).fill(1);
  const inputs = [0, 1].map((i) => {
    const grad = upload(engine, `gradient ${i}`, [n, k], 'f32', new Float32Array(n * k));
    return { ...upload(engine, `features ${i}`, [n, k], 'f32', values), grad };
  });
  const outputs = inputs.map((x) => regularisation.context.dropout!(tape, x, 0.25));
  for (const y of outputs) tape.seed(y, upload(engine, 'ones', [n, k], 'f32', ones));
  tape.backward();
  const commands = commandsOnly(tape.take());
  const run = async (step: number) => {
    for (const { grad } of inputs) engine.submit([engine.recordClear(grad)]);
    runSteps(engine, regularisation.draw(1, step), commands);
    const results: number[][] = [];
    for (const x of [...outputs, ...inputs.map(({ grad }) => grad)]) {
      results.push(Array.from(await download(engine, x)));
    }
    return results as [number[], number[], number[], number[]];
  };
  const [first, second, firstGrad, secondGrad] = await run(3);
  for (const [y, grad] of [
    [first, firstGrad],
    [second, secondGrad],
  ] as const) {
    const scale = Math.fround(1 / 0.75);
    grad.forEach((g, i) => {
      assert.ok(g === 0 || Math.abs(g - scale) < 1e-6, `factor ${g}`);
      assert.ok(Math.abs(y[i]! - g * values[i]!) < 1e-5);
    });
    const kept = grad.filter((g) => g > 0).length / grad.length;
    assert.ok(Math.abs(kept - 0.75) < 0.06, `kept ${kept}`);
  }
  assert.not.equal(firstGrad, secondGrad);
  assert.not.equal((await run(4))[2], firstGrad);
  assert.equal((await run(3))[2], firstGrad);
});

test('drop path: a network has as many paths as edges that compute', () => {
  const darts = requireNetwork('DARTS', 'cifar10', { channels: 4, layers: 3 });
  // one normal cell: 5 sep_conv, 1 dil_conv; two reduction cells: 5 max_pool, and skip_connect only from node 2
  assert.is(countPaths(darts), 6 + 2 * 5);
  const nat = requireNetwork('NAT_DARTS', 'cifar10', { channels: 4, layers: 3 });
  // normal: 3 sep_conv, 1 dil_conv; reduction: 3 max_pool, 2 skip_connect of stride 2
  assert.is(countPaths(nat), 4 + 2 * 5);
  assert.is(countPaths(requireNetwork('ResNet20', 'cifar10')), 0);
});

test.run();
