// Kernels and ops of one's own: what they compute, that their gradients are checked, and what is said of wrong ones.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError, UserError } from '../runtime/errors.ts';
import { checkGradients } from '../src/core/check_gradients.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { defineKernelOp } from '../src/core/kernel_op.ts';
import { defineOp } from '../src/core/op.ts';
import { defineKernel } from '../src/core/own_kernel.ts';
import { ANY_ADAPTER, planRecording } from '../src/core/plan.ts';
import { Tape } from '../src/core/tape.ts';
import { numel, type Tensor, tensorAt } from '../src/core/tensor.ts';
import { download, upload } from '../src/core/transfer.ts';
import { fit } from '../src/fit/fit.ts';
import { layer, sequence } from '../src/fit/layer.ts';
import { conv, dense, flatten, norm } from '../src/fit/layers.ts';
import { network } from '../src/fit/network.ts';
import { adam } from '../src/fit/optimizers.ts';
import { ops } from '../src/ops/index.ts';
import { openTestDevice, testEngine } from './support/device.ts';
import { SMALL_SHAPE, smallImages } from './support/small_images.ts';

/** Text of an elementwise kernel of the bindings `read` that writes `written`. */
const kernelText = (read: readonly string[], written: string, value: string): string => `
  struct Params { n: u32, beta: f32 }
  @group(0) @binding(0) var<uniform> params: Params;
  ${read.map((name, i) => `@group(0) @binding(${i + 1}) var<storage, read> ${name}: array<f32>;`).join('\n')}
  @group(0) @binding(${read.length + 1}) var<storage, read_write> ${written}: array<f32>;
  fn sigmoid(v: f32) -> f32 { return 1.0 / (1.0 + exp(-v)); }
  @compute @workgroup_size(64)
  fn main(@builtin(global_invocation_id) id: vec3u) {
    let i = id.x;
    if (i < params.n) { ${written}[i] = ${value}; }
  }`;

interface SwishAttrs {
  readonly beta: number;
}

/** y = x s(beta x), whose slope is s + beta x s (1 - s). */
const swishOf = (name: string, gradient: string) =>
  defineKernelOp({
    name,
    inputs: ['x'],
    params: (_, { beta }: SwishAttrs) => ({ beta }),
    forward: kernelText(['x'], 'y', 'x[i] * sigmoid(params.beta * x[i])'),
    gradients: { x: kernelText(['x', 'grad_y'], 'grad_x', gradient) },
  });

const S = 'sigmoid(params.beta * x[i])';
const swish = swishOf('swish', `grad_y[i] * (${S} + params.beta * x[i] * ${S} * (1.0 - ${S}))`);

test('own kernel: an op of two texts computes, and its gradient is right', async () => {
  const engine = await testEngine();
  const reference = ({ x }: { x: { data: Float64Array } }, { beta }: SwishAttrs) =>
    x.data.map((v) => v / (1 + Math.exp(-beta * v)));
  for (const shape of [[3, 5], [1], [2, 3, 7, 5], [70, 3]]) {
    const exact = await checkGradients(engine, swish, { x: shape }, { beta: 1.5 }, { reference });
    assert.ok(exact.error <= 1e-4);
    // without a reference, differences of what the device computes
    const { error, input } = await checkGradients(engine, swish, { x: shape }, { beta: 0.5 });
    assert.ok(error <= 1e-3);
    assert.is(input, 'x');
  }
});

test('own kernel: a network trains with it, nothing created after the first step', async () => {
  const engine = await testEngine();
  const activation = layer((tape, x) => tape.apply(swish, { x }, { beta: 1 }));
  const own = network(SMALL_SHAPE, sequence(conv(8), norm(), activation, flatten(), dense(4)));
  const losses: number[] = [];
  let created = 0;
  await fit({
    ...{ engine, network: own, images: smallImages(64, 1), epochs: 4, batch: 16 },
    optimizer: adam({ lr: 0.01 }),
    onStep({ loss }) {
      losses.push(loss);
      const { buffers, bindGroups, pipelines } = engine.counters;
      if (losses.length > 1) assert.is(buffers + bindGroups + pipelines, created);
      created = buffers + bindGroups + pipelines;
    },
  });
  assert.ok(losses.at(-1)! < losses[0]! / 2, `${losses}`);
});

test('own kernel: WGSL for one element of the output and of each gradient is enough', async () => {
  const engine = await testEngine();
  const definition = {
    inputs: ['a', 'b'],
    params: (_: unknown, { beta }: SwishAttrs) => ({ beta }),
    // y is read, too; names inside of others (exp, grad_y) and in comments are no bindings
    forward: 'if (a[i] == 7.0) { return; } // exp of b\n y[i] = exp(params.beta * a[i]) * b[i];',
    gradients: {
      a: 'grad_a[i] = grad_y[i] * y[i] * params.beta;',
      b: 'grad_b[i] = grad_y[i] * exp(params.beta * a[i]);',
    },
  } as const;
  const reference = ({ a, b }: Record<'a' | 'b', { data: Float64Array }>, { beta }: SwishAttrs) =>
    a.data.map((v, i) => Math.exp(beta * v) * b.data[i]!);
  for (const [name, elementsPerInvocation] of [
    ['scaled_exp', 1],
    ['scaled_exp_of_3', 3],
  ] as const) {
    const op = defineKernelOp({ ...definition, name, elementsPerInvocation });
    for (const shape of [[1], [2, 5], [70, 7]]) {
      await checkGradients(engine, op, { a: shape, b: shape }, { beta: 0.5 }, { reference });
    }
  }
});

test('own kernel: WGSL for one element is told by its own line where it is wrong, and reaches past 65,535 workgroups', async () => {
  const { engine } = await openTestDevice();
  const memory = directAllocator(engine);
  const tape = new Tape({ engine, activations: memory, scratch: memory, training: false });
  const forward = 'let v = x[i];\n  y[i] = missing(v);';
  const wrong = defineKernelOp({ name: 'wrong_line', inputs: ['x'], forward, gradients: {} });
  const y = tape.apply(wrong, { x: upload(engine, 'x', [2], new Float32Array(2)) });
  const told = await failure(async () => {
    engine.submit(tape.take());
    await download(engine, y);
  });
  assert.match(told.message, /^kernel wrong_line, line 2: unresolved call target 'missing'$/);
  engine.destroy();

  const { engine: other } = await openTestDevice();
  const next = defineKernelOp({ name: 'next', inputs: ['x'], forward: 'y[i] = x[i] + 1.0;', gradients: {} });
  const elements = 64 * 65_535 + 100;
  const values = Float32Array.from({ length: elements }, (_, i) => i);
  const slots = directAllocator(other);
  const long = new Tape({ engine: other, activations: slots, scratch: slots, training: false });
  const sum = long.apply(next, { x: upload(other, 'x', [elements], values) });
  other.submit(long.take());
  const [got] = await download(other, sum);
  assert.ok(values.every((value, i) => got![i] === value + 1));
  other.destroy();
});

const failure = async (work: () => Promise<unknown>): Promise<Error> => {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  return assert.unreachable() as never;
};

test('own kernel: an op of two inputs with a shape of its own, four elements an invocation', async () => {
  const engine = await testEngine();
  const outer = (read: readonly string[], written: string, body: string): string => `
    struct Params { n: u32, rows: u32, columns: u32 }
    @group(0) @binding(0) var<uniform> params: Params;
    ${read.map((name, i) => `@group(0) @binding(${i + 1}) var<storage, read> ${name}: array<f32>;`).join(' ')}
    @group(0) @binding(${read.length + 1}) var<storage, read_write> ${written}: array<f32>;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3u) {
      for (var i = 4u * id.x; i < min(4u * id.x + 4u, params.n); i++) {
        var sum = 0.0;
        ${body}
        ${written}[i] = sum;
      }
    }`;
  const product = defineKernelOp({
    name: 'outer_product',
    inputs: ['a', 'b'],
    elementsPerInvocation: 4,
    shape: ({ a, b }) => [a[0]!, b[0]!],
    params: ({ a, b }) => ({ rows: a[0]!, columns: b[0]! }),
    forward: outer(['a', 'b'], 'y', 'sum = a[i / params.columns] * b[i % params.columns];'),
    gradients: {
      a: outer(
        ['b', 'grad_y'],
        'grad_a',
        'for (var j = 0u; j < params.columns; j++) { sum += b[j] * grad_y[i * params.columns + j]; }',
      ),
      b: outer(
        ['a', 'grad_y'],
        'grad_b',
        'for (var j = 0u; j < params.rows; j++) { sum += a[j] * grad_y[j * params.columns + i]; }',
      ),
    },
  });
  const reference = ({ a, b }: Record<'a' | 'b', { data: Float64Array }>): number[] =>
    [...a.data].flatMap((v) => [...b.data].map((w) => v * w));
  const before = engine.buffers.length;
  for (const [rows, columns] of [
    [3, 5],
    [70, 9],
  ] as const) {
    await checkGradients(engine, product, { a: [rows], b: [columns] }, {}, { reference });
  }
  // what the check needed is given back
  assert.is(engine.buffers.length, before);
});

test('checkGradients: a wrong rule is told by its worst element, a rule that writes nothing too', async () => {
  const engine = await testEngine();
  const wrong = swishOf('swish_wrong', `grad_y[i] * ${S}`);
  const error = await failure(() => checkGradients(engine, wrong, { x: [4, 3] }, { beta: 1 }));
  assert.instance(error, RunError);
  assert.match(
    error.message,
    /^swish_wrong: gradient of x at \[\d,\d\]: got -?[\d.e-]+, expected -?[\d.e-]+ by finite differences \(error/,
  );
  const silent = swishOf('swish_silent', 'grad_x[i]');
  const nothing = await failure(() => checkGradients(engine, silent, { x: [4, 3] }, { beta: 1 }));
  assert.match(nothing.message, /^swish_silent: gradient of x at \[\d,\d\]: got NaN/);
  // it is the share of the gradient that counts, however small that is
  const small = defineKernelOp({
    name: 'small',
    inputs: ['x'],
    params: () => ({ beta: 0 }),
    forward: kernelText(['x'], 'y', '0.001 * x[i]'),
    gradients: { x: kernelText(['grad_y'], 'grad_x', '0.0011 * grad_y[i]') },
  });
  const share = await failure(() => checkGradients(engine, small, { x: [4] }));
  assert.match(
    share.message,
    /^small: gradient of x at \[\d\]: .* \(error 0\.10* of the largest, allowed 0.001\)$/,
  );
  const hundredth = ({ x }: { x: { data: Float64Array } }) => x.data.map((v) => 0.00099 * v);
  const output = await failure(() => checkGradients(engine, small, { x: [4] }, {}, { reference: hundredth }));
  assert.match(output.message, /^small: output at \[\d\]: got .*, expected .* by the reference$/);
  const reference = ({ x }: { x: { data: Float64Array } }) => x.data;
  const other = await failure(() => checkGradients(engine, swish, { x: [2] }, { beta: 1 }, { reference }));
  assert.match(other.message, /^swish: output at \[\d\]: got .*, expected .* by the reference$/);
});

test('checkGradients: a gradient that is not added to what is there is told', async () => {
  const engine = await testEngine();
  const { name, inputs, forward } = ops.relu;
  const forgetful = defineOp<{ readonly x: Tensor }, { x: { grad: true } }, object, null>({
    name: `${name} that forgets`,
    inputs: { x: { ...inputs.x, grad: true } },
    forward,
    backward(tape, { output, gradOutput }, { x }) {
      tape.dispatch('unary_grad', {
        bind: { value: output, grad_y: gradOutput, grad_x: x!.grad },
        params: { n: numel(output.shape), accumulate: 0 },
        constants: { OP: 0 },
        threads: [1],
      });
    },
  });
  const data = Float32Array.of(1, -2, 3);
  const error = await failure(() => checkGradients(engine, forgetful, { x: { shape: [3], data } }));
  assert.match(error.message, /^relu that forgets: gradient of x at \[\d\]/);
});

test('checkGradients: holds for ops of the library, with several inputs and with indices', async () => {
  const engine = await testEngine();
  await checkGradients(engine, ops.linear, { x: [3, 4], weight: [5, 4], bias: [5] }, {});
  await checkGradients(
    engine,
    ops.groupNorm,
    { x: [2, 4, 3, 3], gamma: [4], beta: [4] },
    { groups: 2, eps: 1e-5 },
  );
  const target = { shape: [3], data: Int32Array.of(2, 0, 1) };
  await checkGradients(engine, ops.crossEntropy, { logits: [3, 4], target }, { labelSmoothing: 0.1 });
});

const broken = kernelText(['x'], 'y', 'x[i] * missing_function(x[i])');

test('own kernel: what the compiler says of it is one line with its name and line', async () => {
  const { engine } = await openTestDevice();
  const op = defineKernelOp({
    name: 'broken',
    inputs: ['x'],
    params: () => ({ beta: 1 }),
    forward: broken,
    gradients: {},
  });
  const message = /^kernel broken, line 10: unresolved call target 'missing_function'$/;
  const planned = planRecording(engine, (planning) => {
    const memory = directAllocator(planning);
    const tape = new Tape({ engine: planning, activations: memory, scratch: memory });
    return tape.apply(op, { x: { ...upload(engine, 'x', [2], new Float32Array(2)) } });
  });
  const ahead = await failure(() => planned.record(engine));
  assert.instance(ahead, UserError);
  assert.match(ahead.message, message);
  engine.destroy();
  // recorded without compiling it ahead, it is told by whoever waits for the device
  const { engine: other } = await openTestDevice();
  const memory = directAllocator(other);
  const tape = new Tape({ engine: other, activations: memory, scratch: memory });
  const y = tape.apply(op, { x: upload(other, 'x', [2], new Float32Array(2)) });
  const later = await failure(async () => {
    other.submit(tape.take());
    await download(other, y);
  });
  assert.match(later.message, message);
  other.destroy();
});

test('own kernel: a text of another form is refused when it is defined', () => {
  const refused = (text: string, message: RegExp) => {
    try {
      defineKernel('refused', text);
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`${message}`);
  };
  const good = kernelText(['x'], 'y', 'x[i]');
  refused(
    'fn f() {}',
    /^kernel refused: there is no entry point, expected @compute @workgroup_size\(64\) fn main\(...\)$/,
  );
  refused(good.replace('@workgroup_size(64)', ''), /^kernel refused has no @workgroup_size$/);
  refused(
    good.replace('beta: f32', 'beta: vec2f'),
    /^kernel refused: Params field 'beta: vec2f' is not u32, i32 or f32$/,
  );
  refused(
    good.replace('@group(0) @binding(2)', '@group(1) @binding(2)'),
    /^kernel refused: got 3 bindings, of which 2 are written as expected/,
  );
  refused(
    good.replace('@binding(2)', '@binding(3)'),
    /^kernel refused: got bindings 0, 1, 3, expected each number from 0 on once$/,
  );
  refused(
    good.replace('struct Params', 'struct Other').replace(': Params', ': Other'),
    /^kernel refused: expected one uniform binding of 'struct Params/,
  );
  const many = kernelText(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 'y', 'a[i]');
  refused(many, /^kernel refused: got 9 storage bindings, expected at most 8$/);
  assert.throws(
    () => defineKernel('no name', good),
    /^kernel 'no name': expected a name of letters, digits and _$/,
  );
  assert.throws(() => defineKernel('conv2d', good), /^kernel conv2d: there is another kernel of this name/);
  assert.is(defineKernel('twice', good), 'twice');
  assert.is(defineKernel('twice', good), 'twice');
});

test('own kernel: an op says which bindings and parameters it misses', async () => {
  const engine = await testEngine();
  const define = (name: string, forward: string) =>
    defineKernelOp({ name, inputs: ['x'], forward, gradients: {} });
  assert.throws(
    () => define('binds_z', kernelText(['z'], 'y', 'z[i]')),
    /^kernel binds_z: got binding 'z', expected one of x, y$/,
  );
  assert.throws(
    () => define('writes_x', kernelText(['y'], 'x', 'y[i]')),
    /^kernel writes_x: got 'y' as var<storage, read>, expected read_write$/,
  );
  assert.throws(
    () => define('writes_nothing', kernelText([], 'x', '1.0').replace('read_write', 'read')),
    /^kernel writes_nothing: there is no binding 'y', which it has to write$/,
  );
  const memory = directAllocator(engine);
  const tape = new Tape({ engine, activations: memory, scratch: memory });
  const x = upload(engine, 'x', [2], new Float32Array(2));
  assert.throws(
    () => tape.apply(define('no_beta', kernelText(['x'], 'y', 'x[i]')), { x }),
    /^kernel no_beta: there is no value for beta of Params, expected one from params$/,
  );
  const planning = planRecording(ANY_ADAPTER, (plan) => {
    const many = directAllocator(plan);
    const planned = new Tape({ engine: plan, activations: many, scratch: many });
    const huge = tensorAt(plan.createBuffer('huge', 0), 0, [65_536 * 64]);
    return failureOf(() => planned.apply(swish, { x: huge }, { beta: 1 }));
  });
  assert.match(
    planning.draft!.message,
    /^kernel swish: got 4194304 invocations, expected at most 4194240; use num_workgroups/,
  );
});

function failureOf(work: () => unknown): Error | null {
  try {
    work();
    return null;
  } catch (error) {
    return error as Error;
  }
}

test.run();
