// What the tape holds every op to: gradients that it declares are computed, results lie where they were asked for, and
// a batch norm that is pending is applied by somebody. No device is needed.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlanEngine } from '../runtime/engine/plan_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { defineOp, perInput } from '../src/core/op.ts';
import type { Recorder } from '../src/core/recorder.ts';
import { Tape } from '../src/core/tape.ts';
import { type Tensor, tensorAt } from '../src/core/tensor.ts';
import { batchNorm } from '../src/ops/norm/batch_norm.ts';
import { relu } from '../src/ops/elementwise/unary.ts';

const engine = new PlanEngine('llvmpipe');
const allocator = directAllocator(engine);
const newTape = () => new Tape({ engine, activations: allocator, scratch: allocator });
const tensor = (shape: readonly number[]): Tensor => tensorAt(engine.createBuffer('x', 4096), 0, shape);
const leaf = (shape: readonly number[]): Tensor => ({ ...tensor(shape), grad: tensor(shape) });

type Two = { readonly a: Tensor; readonly b: Tensor };

const two = {
  name: 'two',
  inputs: { a: { grad: true }, b: { grad: true } },
  forward: (tape: Recorder, { a }: Two, _attrs: object, into: Tensor | null) => ({
    output: tape.output('two', a.shape, into),
    saved: null,
  }),
} as const;

/** Takes the target of `a` alone. */
const forgetful = defineOp({ ...two, backward: (_tape, _context, { a }) => void a });

/** Hands `a`'s gradient on and takes the target of `b`. */
const passing = defineOp({
  ...two,
  backward(_tape, { pass }, targets) {
    pass('a');
    void targets.b;
  },
});

test('op contract: a gradient that is declared, wanted and not computed is an error', () => {
  const tape = newTape();
  const y = tape.apply(forgetful, { a: leaf([4]), b: leaf([4]) });
  tape.seed(y, tensor([4]));
  assert.throws(() => tape.backward(), /^internal: two does not compute the gradient of b$/);
});

test('op contract: one that is not wanted, or handed on, need not be computed', () => {
  const tape = newTape();
  tape.seed(tape.apply(forgetful, { a: leaf([4]), b: tensor([4]) }), tensor([4]));
  tape.seed(tape.apply(passing, { a: leaf([4]), b: leaf([4]) }), tensor([4]));
  tape.backward();
  // the gradient of `a` that is handed on is added to its leaf's by one call
  assert.equal(
    tape.take().map(({ kernel }) => kernel),
    ['add_into'],
  );
});

test('op contract: backward without a rule for a declared input does not compile', () => {
  const op = defineOp({
    ...two,
    // @ts-expect-error there is no rule for b
    backward: perInput({ a: () => {} }),
  });
  assert.is(op.name, 'two');
  defineOp({
    ...two,
    // @ts-expect-error b is no declared input
    inputs: { a: { grad: true } },
    backward: () => {},
  });
});

test('op contract: a result elsewhere than in the memory it was given is an error', () => {
  const tape = newTape();
  const place = tensor([2, 3, 4, 4]);
  assert.is(tape.apply(relu, { x: tensor([2, 3, 4, 4]) }, {}, place).buffer, place.buffer);
  const inputs = { x: tensor([2, 3, 4, 4]), gamma: null, beta: null, runningMean: null, runningVar: null };
  assert.throws(
    () => tape.apply(batchNorm, inputs, { training: true, eps: 1e-5, momentum: 0.1 }, place),
    /^internal: batchNorm leaves its result elsewhere than in the memory it was given$/,
  );
});

test('op contract: no view of a tensor whose batch norm is pending', () => {
  const pending = { ...tensor([2, 3, 4, 4]), affine: tensor([2, 3]) };
  assert.throws(() => newTape().reshape(pending, [6, 16]), /^reshape: got x with a pending batch norm/);
});

test.run();
