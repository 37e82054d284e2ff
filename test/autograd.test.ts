// The tape: gradients that meet, are handed on, directed or seeded, against finite differences of the whole function.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator, SlotAllocator } from '../src/core/allocator.ts';
import type { Engine } from '../runtime/engine/engine.ts';
import type { Allocator } from '../src/core/allocator.ts';
import { add } from '../src/ops/elementwise/add.ts';
import { concat } from '../src/ops/elementwise/concat.ts';
import { linear } from '../src/ops/matmul/linear.ts';
import { sliceRows } from '../src/ops/elementwise/slice_rows.ts';
import { relu } from '../src/ops/elementwise/unary.ts';
import { createRng } from '../src/core/rng.ts';
import { planRecording } from '../src/core/plan.ts';
import type { PlannedEngine } from '../src/core/planned_engine.ts';
import { Tape } from '../src/core/tape.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { differences } from './support/differences.ts';
import { near } from './support/near.ts';
import { normal } from './support/op_inputs.ts';

const ROWS = 3;
const WIDTH = 4;

/**
 * h = x W^T, r = relu(h), s = r + h, t = s + s, u = concat(t, s, t) by columns, y = u without its first row: every
 * way in which a tensor can be used more than once.
 */
function forward(tape: Tape, x: Tensor, weight: Tensor): Tensor {
  const h = tape.apply(linear, { x, weight, bias: null });
  const r = tape.apply(relu, { x: h });
  const s = tape.apply(add, { a: r, b: h });
  const t = tape.apply(add, { a: s, b: s });
  const image = (z: Tensor): Tensor => tape.reshape(z, [ROWS, WIDTH, 1, 1]);
  const shared = image(t);
  const u = tape.apply(concat, { x0: shared, x1: image(s), x2: shared });
  return tape.apply(sliceRows, { x: tape.reshape(u, [ROWS, 3 * WIDTH]) }, { begin: 1 });
}

function reference(x: ArrayLike<number>, weight: ArrayLike<number>): number[] {
  const y: number[] = [];
  for (let row = 1; row < ROWS; row++) {
    const s = Array.from({ length: WIDTH }, (_, j) => {
      let h = 0;
      for (let k = 0; k < WIDTH; k++) h += x[row * WIDTH + k]! * weight[j * WIDTH + k]!;
      return h + Math.max(h, 0);
    });
    y.push(...s.map((v) => 2 * v), ...s, ...s.map((v) => 2 * v));
  }
  return y;
}

const rng = createRng(41, 0);
const random = (n: number): Float32Array => Float32Array.from({ length: n }, () => normal(rng));
const xValues = random(ROWS * WIDTH);
const weightValues = random(WIDTH * WIDTH);
const gradOutput = random((ROWS - 1) * 3 * WIDTH);

/** Gradients of sum(gradOutput * y) with respect to x and the weight. */
function gradients(): [number[], number[]] {
  const [x, weight] = [Float64Array.from(xValues), Float64Array.from(weightValues)];
  const loss = (): number => reference(x, weight).reduce((sum, v, i) => sum + v * gradOutput[i]!, 0);
  const grads = [x, weight].map((values) =>
    differences(
      values,
      Array.from(values, (_, i) => i),
      loss,
    ),
  );
  return grads as [number[], number[]];
}

async function leaves() {
  const engine = await testEngine();
  const leaf = (values: Float32Array, shape: number[]): Tensor => ({
    ...upload(engine, 'leaf', shape, 'f32', values),
    grad: upload(engine, 'leaf gradient', shape, 'f32', new Float32Array(values.length)),
  });
  return { engine, x: leaf(xValues, [ROWS, WIDTH]), weight: leaf(weightValues, [WIDTH, WIDTH]) };
}

test('autograd: gradients that meet add up', async () => {
  const { engine, x, weight } = await leaves();
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const y = forward(tape, x, weight);
  tape.seed(y, upload(engine, 'gradOutput', y.shape, 'f32', gradOutput));
  tape.backward();
  const commands = tape.take();
  engine.submit(commands);
  near(await download(engine, y), reference(xValues, weightValues), 1e-6, 'y');
  const [gradX, gradWeight] = gradients();
  near(await download(engine, x.grad!), gradX, 1e-5, 'gradient of x');
  near(await download(engine, weight.grad!), gradWeight, 1e-5, 'gradient of the weight');
  engine.submit(commands);
  const twice = gradX.map((g) => 2 * g);
  near(await download(engine, x.grad!), twice, 1e-5, 'gradient of x after a second replay');
});

test('autograd: a gradient directed into given memory overwrites it, and a seed is left as it was', async () => {
  const { engine, x, weight } = await leaves();
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const { grad: _, ...plain } = x;
  const target = upload(engine, 'target', x.shape, 'f32', new Float32Array(xValues.length).fill(7));
  tape.direct(plain, target);
  const y = forward(tape, plain, weight);
  const seed = upload(engine, 'gradOutput', y.shape, 'f32', gradOutput);
  tape.seed(y, seed);
  tape.backward();
  engine.submit(tape.take());
  near(await download(engine, target), gradients()[0], 1e-5, 'directed gradient of x');
  assert.equal(await download(engine, seed), gradOutput);
});

test('autograd: a gradient passed on by hand is added to the one that is there, and to none where none is wanted', async () => {
  const { engine, x } = await leaves();
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const given = upload(engine, 'given', x.shape, 'f32', xValues);
  tape.passGrad(x, given);
  tape.passGrad(x, given);
  const { grad: _, ...plain } = x;
  tape.passGrad(plain, given);
  const commands = tape.take();
  assert.is(commands.length, 2);
  engine.submit(commands);
  assert.equal(
    await download(engine, x.grad!),
    xValues.map((value) => 2 * value),
  );
  assert.equal(await download(engine, given), xValues);
});

test('autograd: shared slots give the bits that memory of its own gives', async () => {
  const { engine, x, weight } = await leaves();
  const record = (on: Engine, activations: Allocator, scratch: Allocator, seedGrad: Tensor) => {
    const tape = new Tape({ engine: on, activations, scratch });
    tape.seed(forward(tape, x, weight), seedGrad);
    tape.backward();
    return tape.take();
  };
  const seedGrad = upload(engine, 'gradOutput', [ROWS - 1, 3 * WIDTH], 'f32', gradOutput);
  const run = async (commands: ReturnType<typeof record>) => {
    engine.submit([engine.recordClear(x.grad!), engine.recordClear(weight.grad!)], commands);
    return [await download(engine, x.grad!), await download(engine, weight.grad!)];
  };
  const own = directAllocator(engine);
  const expected = await run(record(engine, own, own, seedGrad));

  const inSlots = (on: PlannedEngine) => {
    const [kept, scratch] = [new SlotAllocator('kept', on), new SlotAllocator('scratch', on)];
    return record(on, kept, scratch, seedGrad);
  };
  const plan = planRecording(engine, inSlots);
  assert.ok(plan.bytes > 0);
  assert.equal(await run(await plan.record(engine)), expected);
});

test('autograd: without training nothing is kept for backward', async () => {
  const { engine, x, weight } = await leaves();
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
  const y = forward(tape, x, weight);
  tape.seed(y, upload(engine, 'gradOutput', y.shape, 'f32', gradOutput));
  const before = tape.take().length;
  tape.backward();
  assert.ok(before > 0);
  assert.is(tape.take().length, 0);
});

test.run();
