// SGD, Adam and gradient clipping against their definitions in float64, over several steps and odd sizes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { ParameterStore, zeros } from '../src/nn/parameters.ts';
import { recordAdam } from '../src/optim/adam.ts';
import { recordSgd } from '../src/optim/sgd.ts';
import { createRng } from '../src/core/rng.ts';
import { runSteps } from '../src/core/step.ts';
import { numel } from '../src/core/tensor.ts';
import { testEngine, withSmallBindings } from './support/device.ts';
import { download } from './support/device_memory.ts';
import { near } from './support/near.ts';
import { normal } from './support/op_inputs.ts';

const SHAPES = [[3, 5], [129], [1], [70, 64]];

/** A store with random weights, and what the definitions start from. */
function randomStore(engine: GpuEngine) {
  const rng = createRng(21, 0);
  const store = new ParameterStore('test weights', true);
  SHAPES.forEach((shape, i) => store.declare(`p${i}`, shape, zeros));
  store.allocate(engine);
  const randomValues = () =>
    SHAPES.map((shape) => Float32Array.from({ length: numel(shape) }, () => normal(rng)));
  const weights = randomValues();
  store.parameters.forEach((p, i) => engine.write(p.tensor, weights[i]!));
  const writeGrads = (): Float32Array[] => {
    const grads = randomValues();
    store.parameters.forEach((p, i) => engine.write(p.tensor.grad!, grads[i]!));
    return grads;
  };
  const check = async (expected: readonly (readonly number[])[], what: string) => {
    for (const [i, p] of store.parameters.entries())
      near(await download(engine, p.tensor), expected[i]!, 1e-6, what);
  };
  return { store, weights: weights.map((w) => Array.from(w)), writeGrads, check };
}

const normOf = (grads: readonly Float32Array[]): number =>
  Math.sqrt(grads.reduce((sum, g) => g.reduce((part, v) => part + v * v, sum), 0));

for (const [maxNorm, nesterov] of [
  [undefined, false],
  [5, false],
  [1000, false],
  [undefined, true],
  [5, true],
] as const) {
  test(`sgd: four steps with changing learning rates, clipped to ${maxNorm}${nesterov ? ', Nesterov' : ''}`, async () => {
    const engine = await testEngine();
    const { store, weights, writeGrads, check } = randomStore(engine);
    const options = {
      momentum: 0.9,
      weightDecay: 3e-4,
      nesterov,
      ...(maxNorm === undefined ? {} : { maxNorm }),
    };
    const sgd = recordSgd(engine, store, options);
    const velocity = weights.map((w) => w.map(() => 0));
    for (const lr of [0.1, 0.1, 0.05, 0.01]) {
      const grads = writeGrads();
      const scale = maxNorm === undefined ? 1 : Math.min(1, maxNorm / (normOf(grads) + 1e-6));
      runSteps(engine, sgd.step(lr));
      grads.forEach((g, p) =>
        g.forEach((v, i) => {
          // torch.optim.SGD: the buffer begins as the first gradient, which is what zero times momentum adds up to
          const g = scale * v + 3e-4 * weights[p]![i]!;
          velocity[p]![i] = 0.9 * velocity[p]![i]! + g;
          weights[p]![i]! -= lr * (nesterov ? g + 0.9 * velocity[p]![i]! : velocity[p]![i]!);
        }),
      );
      await check(weights, `lr ${lr}`);
    }
  });
}

test('adam: five steps, and a sixth after its step number was set back', async () => {
  const engine = await testEngine();
  const { store, weights, writeGrads, check } = randomStore(engine);
  const [beta1, beta2, eps, weightDecay] = [0.5, 0.999, 1e-8, 5e-4];
  const adam = recordAdam(engine, store, { betas: [beta1, beta2], eps, weightDecay });
  const first = weights.map((w) => w.map(() => 0));
  const second = weights.map((w) => w.map(() => 0));
  for (const step of [1, 2, 3, 4, 5, 2]) {
    const grads = writeGrads();
    runSteps(engine, adam.step(0.01, step));
    grads.forEach((grad, p) =>
      grad.forEach((v, i) => {
        const g = v + weightDecay * weights[p]![i]!;
        const m = (first[p]![i] = beta1 * first[p]![i]! + (1 - beta1) * g);
        const u = (second[p]![i] = beta2 * second[p]![i]! + (1 - beta2) * g * g);
        const root = Math.sqrt(u) / Math.sqrt(1 - beta2 ** step);
        weights[p]![i]! -= ((0.01 / (1 - beta1 ** step)) * m) / (root + eps);
      }),
    );
    await check(weights, `step ${step}`);
  }
});

test('optimizers: a store larger than a binding is updated in pieces', async () => {
  const engine = await testEngine();
  const whole = randomStore(engine);
  const pieces = randomStore(engine);
  const small = withSmallBindings(engine, 4100);
  const updates = [recordSgd(engine, whole.store, { momentum: 0.9, weightDecay: 0.1 })];
  updates.push(recordSgd(small, pieces.store, { momentum: 0.9, weightDecay: 0.1 }));
  assert.is(updates[0]!.step(0.1).commands.flat().length, 1);
  assert.is(updates[1]!.step(0.1).commands.flat().length, Math.ceil(whole.store.values.bytes / 4096));
  whole.writeGrads();
  pieces.writeGrads();
  for (const sgd of updates) runSteps(engine, sgd.step(0.1));
  const [a, b] = await engine.read(whole.store.values, pieces.store.values);
  assert.equal(a, b);
});

test.run();
