// Every op, given inputs that fit, and then each of them wrong in turn: of another rank, with one extent larger, empty, of
// another element type, missing. The op says so in one line, with its name, got and expected, and records nothing.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Buffer } from '../runtime/engine/engine.ts';
import { PlanEngine } from '../runtime/engine/plan_engine.ts';
import { ShapeError } from '../runtime/errors.ts';
import { directAllocator } from '../src/core/allocator.ts';
import type { Inputs, Op } from '../src/core/op.ts';
import { Tape } from '../src/core/tape.ts';
import { type DType, type Shape, type Tensor, tensorAt } from '../src/core/tensor.ts';
import { type OpName, ops } from '../src/ops/index.ts';

/** An input that fits, and which of its axes may have any extent: all of them, and any number, where `any`. */
interface Fitting {
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly free?: readonly number[] | 'any';
  /** Other numbers of axes that fit as well. */
  readonly ranks?: readonly number[];
}

interface Call {
  readonly inputs: Readonly<Record<string, Fitting>>;
  readonly attrs?: object;
}

const image = { shape: [2, 4, 6, 6], free: [0, 1, 2, 3] };
const anything = { shape: [2, 4, 6, 6], free: 'any' } as const;
const matrix = { shape: [3, 5], free: [0, 1] };
const vector = (length: number, dtype: DType = 'f32', free: readonly number[] = []) => ({
  shape: [length],
  dtype,
  free,
});
const pool: Call = { inputs: { x: image }, attrs: { kernel: 3, stride: 1, padding: 1 } };
const lstm: Call = { inputs: { gates: { shape: [2, 12] }, c: { shape: [2, 3] } } };

/** A call of every op; an op that has none does not compile. */
const CALLS: Readonly<Record<OpName, Call>> = {
  add: { inputs: { a: { shape: [2, 4, 6, 6] }, b: { shape: [2, 4, 6, 6] } } },
  avgPool2d: pool,
  batchMatmul: { inputs: { a: { shape: [2, 3, 5], free: [1] }, b: { shape: [2, 5, 4], free: [2] } } },
  batchNorm: {
    inputs: {
      x: { shape: [2, 4, 6, 6], free: [0, 2, 3] },
      gamma: vector(4),
      beta: vector(4),
      runningMean: vector(4),
      runningVar: vector(4),
    },
  },
  concat: {
    inputs: { x0: { shape: [2, 4, 6, 6], free: [1] }, x1: { shape: [2, 3, 6, 6], free: [1] } },
  },
  conv2d: {
    inputs: {
      x: { shape: [2, 4, 6, 6], free: [0, 2, 3] },
      weight: { shape: [8, 2, 3, 3], free: [2, 3] },
    },
    attrs: { padding: 1, groups: 2 },
  },
  crossEntropy: { inputs: { logits: { shape: [3, 5], free: [1] }, target: vector(3, 'i32') } },
  dropout: {
    inputs: { x: anything, step: vector(1, 'u32') },
    attrs: { probability: 0.5, seed: 0, stream: 10 },
  },
  dropPath: {
    inputs: {
      x: { shape: [2, 4, 6, 6], free: [1, 2, 3], ranks: [5] },
      factors: { shape: [5, 2], free: [0] },
    },
    attrs: { row: 1 },
  },
  embedding: { inputs: { weight: matrix, index: vector(4, 'i32', [0]) } },
  entropy: {
    inputs: { probs: { shape: [3, 5] }, mask: { shape: [3, 5], dtype: 'i32' } },
    attrs: { groups: 3 },
  },
  factorizedReduceConv: {
    inputs: { x: { shape: [2, 4, 6, 6], free: [0, 2, 3] }, weight: { shape: [8, 4] } },
  },
  gelu: { inputs: { x: anything } },
  geluTanh: { inputs: { x: anything } },
  globalAvgPool: { inputs: { x: image } },
  groupNorm: {
    inputs: { x: { shape: [2, 4, 6, 6], free: [0, 2, 3] }, gamma: vector(4), beta: vector(4) },
    attrs: { groups: 2 },
  },
  linear: { inputs: { x: { shape: [3, 5], free: [0] }, weight: { shape: [4, 5] }, bias: vector(4) } },
  logProb: {
    inputs: {
      probs: { shape: [3, 5], free: [1] },
      actions: { shape: [2, 3], dtype: 'i32', free: [0], ranks: [1] },
    },
  },
  lstmHidden: lstm,
  lstmState: lstm,
  maxPool2d: pool,
  normalizeRows: { inputs: { x: matrix } },
  relu: { inputs: { x: anything } },
  relu6: { inputs: { x: anything } },
  resizeBilinear: { inputs: { x: image }, attrs: { height: 3, width: 4 } },
  shortcut: { inputs: { x: image }, attrs: { channels: 8, stride: 2 } },
  sliceRows: { inputs: { x: matrix }, attrs: { begin: 1 } },
  softmax: { inputs: { x: { shape: [3, 5] }, mask: { shape: [3, 5], dtype: 'i32' } } },
  spmmCsr: {
    inputs: {
      values: vector(6),
      rowPointers: vector(5, 'i32', [0]),
      columns: vector(6, 'i32'),
      transposedValues: vector(6),
      transposedPointers: vector(4, 'i32'),
      transposedColumns: vector(6, 'i32'),
      x: { shape: [3, 7] },
      bias: vector(7),
    },
  },
  squaredError: { inputs: { x: vector(4), wanted: vector(4) } },
};

const engine = new PlanEngine('llvmpipe');
const allocator = directAllocator(engine);

/** Records an op on inputs of these shapes; gives the number of kernels. */
function record(
  name: OpName,
  inputs: Readonly<Record<string, Fitting | undefined>>,
  attrs = {},
  tape = new Tape({ engine, activations: allocator, scratch: allocator }),
): number {
  const tensors = Object.entries(inputs).flatMap(([input, fitting]): [string, Tensor][] => {
    if (!fitting) return [];
    const { shape, dtype = 'f32' } = fitting;
    return [[input, tensorAt(engine.createBuffer(input, 2 ** 20), 0, shape, dtype)]];
  });
  try {
    tape.apply(
      ops[name] as unknown as Op<Inputs, string, object, unknown>,
      Object.fromEntries(tensors),
      attrs,
    );
  } catch (error) {
    assert.is(tape.take().length, 0, `${name} records nothing before it refuses`);
    throw error;
  }
  return tape.take().length;
}

/** What is wrong with an input -> the input so. */
function* faults({
  shape,
  dtype = 'f32',
  free = [],
  ranks = [],
}: Fitting): Generator<[string, Fitting | undefined]> {
  yield ['no elements', { shape: shape.with(-1, 0), dtype }];
  yield ['another type', { shape, dtype: dtype === 'i32' ? 'f32' : 'i32' }];
  if (free === 'any') return;
  const { length } = shape;
  if (!ranks.includes(length + 1)) yield ['an axis more', { shape: [...shape, 2], dtype }];
  if (!ranks.includes(length - 1)) yield ['an axis less', { shape: shape.slice(1), dtype }];
  for (const axis of shape.keys()) {
    if (free.includes(axis)) continue;
    yield [`one more along axis ${axis}`, { shape: shape.with(axis, shape[axis]! + 1), dtype }];
  }
}

for (const name of Object.keys(CALLS) as OpName[]) {
  const { inputs, attrs } = CALLS[name];
  test(`${name}: takes inputs that fit, whatever the extents that are free`, () => {
    record(name, inputs, attrs);
    for (const [input, { shape, free = [], dtype }] of Object.entries(inputs)) {
      for (const axis of free === 'any' ? shape.keys() : free) {
        const larger = { shape: shape.with(axis, shape[axis]! + 1), ...(dtype ? { dtype } : {}) };
        record(name, { ...inputs, [input]: larger }, attrs);
      }
    }
  });
  test(`${name}: gives back its temporaries`, () => {
    const borrowed = new Set<Buffer>();
    const acquire = (label: string, bytes: number): Buffer => {
      const buffer = engine.createBuffer(label, bytes);
      borrowed.add(buffer);
      return buffer;
    };
    const scratch = { acquire, release: (buffer: Buffer) => void borrowed.delete(buffer) };
    record(name, inputs, attrs, new Tape({ engine, activations: allocator, scratch, training: false }));
    assert.is(borrowed.size, 0);
  });
  for (const [input, fitting] of Object.entries(inputs)) {
    test(`${name}: refuses ${input} where it does not fit`, () => {
      for (const [fault, wrong] of faults(fitting)) {
        const message = refusal(name, { ...inputs, [input]: wrong }, attrs, `${input} with ${fault}`);
        assert.match(message, /got /, fault);
        if (fault !== 'no elements') assert.match(message, /expected /, fault);
      }
    });
    test(`${name}: names ${input} where it is missing, or unknown`, () => {
      if (name === 'concat') return;
      const { [input]: _, ...others } = inputs;
      assert.is(
        refusal(name, others, attrs, `no ${input}`),
        `${name}: got no ${input}, expected a tensor, or null where it is optional`,
      );
      const message = refusal(name, { ...inputs, [`${input}s`]: fitting }, attrs, `${input}s`);
      assert.is(message, `${name}: got an input '${input}s', expected ${Object.keys(inputs).join(', ')}`);
    });
  }
}

/** The one line with which an op refuses its inputs, which begins with its name. */
function refusal(
  name: OpName,
  inputs: Readonly<Record<string, Fitting | undefined>>,
  attrs: object | undefined,
  what: string,
): string {
  let message = '';
  assert.throws(
    () => record(name, inputs, attrs),
    (error: unknown) => {
      message = String((error as Error).message);
      return error instanceof ShapeError && message.startsWith(`${name}: `) && !message.includes('\n');
    },
    `${name}: ${what}: ${message || 'is taken'}`,
  );
  return message;
}

test.run();
