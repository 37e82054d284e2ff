// Every op says what is wrong with its inputs, got and expected, before it records anything. No device is needed.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlanEngine } from '../runtime/engine/plan_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { ops } from '../src/ops/index.ts';
import { Tape } from '../src/core/tape.ts';
import { upload } from '../src/core/transfer.ts';
import { type DType, type Shape, type Tensor, tensorAt } from '../src/core/tensor.ts';

const engine = new PlanEngine('llvmpipe');

const tensor = (shape: Shape, dtype: DType = 'f32'): Tensor =>
  tensorAt(engine.createBuffer('input', 4096), 0, shape, dtype);

const pending = (shape: Shape): Tensor => ({ ...tensor(shape), affine: tensor([2, shape[1]!]) });

const indices = (n: number): Tensor => tensor([n], 'i32');

/** Expects the message when `record` runs, and that nothing was recorded by then. */
function refuses(name: string, message: RegExp, record: (tape: Tape) => unknown): void {
  test(`${name}: ${message.source}`, () => {
    const allocator = directAllocator(engine);
    const tape = new Tape({ engine, activations: allocator, scratch: allocator });
    assert.throws(() => record(tape), message);
    assert.is(tape.take().length, 0);
  });
}

const image = [2, 3, 4, 4];

refuses('add', /^add: got b of shape \[2,3,4,5\], expected \[2,3,4,4\]$/, (tape) =>
  tape.apply(ops.add, { a: tensor(image), b: tensor([2, 3, 4, 5]) }),
);
refuses('relu', /^relu: got x with a pending batch norm/, (tape) =>
  tape.apply(ops.relu, { x: pending(image) }),
);
refuses('concat', /^concat: got x1 of shape \[1,3,4,4\], expected \[2,3,4,4\] but for axis 1$/, (tape) =>
  tape.apply(ops.concat, { x0: tensor(image), x1: tensor([1, 3, 4, 4]) }),
);
refuses('concat', /^concat: got a mask of 1 entries, expected 2$/, (tape) =>
  tape.apply(ops.concat, { x0: tensor(image), x1: tensor(image) }, { mask: [true] }),
);
refuses('concat', /^concat: input x0 is missing, expected x0 to x1$/, (tape) =>
  tape.apply(ops.concat, { x1: tensor(image), x2: tensor(image) }),
);
refuses('concat', /^concat: got x0 with a pending batch norm/, (tape) =>
  tape.apply(ops.concat, { x0: pending(image) }),
);
for (const name of ['maxPool2d', 'avgPool2d'] as const) {
  const apply = (tape: Tape, x: Tensor, kernel: number, stride: number, padding: number) =>
    tape.apply(ops[name] as typeof ops.maxPool2d, { x }, { kernel, stride, padding });
  refuses(name, new RegExp(`^${name}: got shape \\[2,3\\], expected \\(N,C,H,W\\)$`), (tape) =>
    apply(tape, tensor([2, 3]), 3, 1, 1),
  );
  refuses(name, /got kernel 3, stride 1, padding 2; expected .* at most half a kernel of padding$/, (tape) =>
    apply(tape, tensor(image), 3, 1, 2),
  );
  refuses(name, /got kernel 3, stride 1, padding 1 and 2; expected/, (tape) =>
    tape.apply(
      ops[name] as typeof ops.maxPool2d,
      { x: tensor(image) },
      { kernel: 3, stride: 1, padding: 1, padEnd: 2 },
    ),
  );
  refuses(name, /got input \[2,3,4,4\], expected at least one window of 5x5$/, (tape) =>
    apply(tape, tensor(image), 5, 1, 0),
  );
}
refuses('maxPool2d', /^maxPool2d: got kernel 257, expected at most 256$/, (tape) =>
  tape.apply(ops.maxPool2d, { x: tensor([1, 1, 300, 300]) }, { kernel: 257, stride: 1, padding: 0 }),
);
refuses('shortcut', /^shortcut: got 0 channels and stride 2, expected integers of 1 or more$/, (tape) =>
  tape.apply(ops.shortcut, { x: tensor(image) }, { channels: 0, stride: 2 }),
);
refuses('shortcut', /^shortcut: got x with a pending batch norm/, (tape) =>
  tape.apply(ops.shortcut, { x: pending(image) }, { channels: 4, stride: 2 }),
);
refuses('globalAvgPool', /^globalAvgPool: got shape \[4\], expected \(N,C,H,W\)$/, (tape) =>
  tape.apply(ops.globalAvgPool, { x: tensor([4]) }),
);
refuses('linear', /^linear: got x \[2,3\] and weight \[4,5\], expected 3 inputs$/, (tape) =>
  tape.apply(ops.linear, { x: tensor([2, 3]), weight: tensor([4, 5]), bias: null }),
);
refuses('linear', /^linear: got bias of shape \[3\], expected \[4\]$/, (tape) =>
  tape.apply(ops.linear, { x: tensor([2, 3]), weight: tensor([4, 3]), bias: tensor([3]) }),
);
refuses('crossEntropy', /^crossEntropy: got target of type f32, expected i32$/, (tape) =>
  tape.apply(ops.crossEntropy, { logits: tensor([2, 3]), target: tensor([2]) }, { labelSmoothing: 0 }),
);
refuses('crossEntropy', /^crossEntropy: got target of shape \[3\], expected \[2\]$/, (tape) =>
  tape.apply(ops.crossEntropy, { logits: tensor([2, 3]), target: indices(3) }, { labelSmoothing: 0 }),
);
refuses('crossEntropy', /^crossEntropy: got metrics of shape \[3\], expected \[4\]$/, (tape) => {
  const inputs = { logits: tensor([2, 3]), target: indices(2) };
  return tape.apply(ops.crossEntropy, inputs, { labelSmoothing: 0, metrics: tensor([3]) });
});
refuses('embedding', /^embedding: got weight of shape \[5\], expected \(rows, columns\)$/, (tape) =>
  tape.apply(ops.embedding, { weight: tensor([5]), index: indices(2) }),
);
refuses('embedding', /^embedding: got index of type f32, expected i32$/, (tape) =>
  tape.apply(ops.embedding, { weight: tensor([5, 2]), index: tensor([2]) }),
);
refuses('spmmCsr', /^spmmCsr: got transposedPointers of shape \[3\], expected \[5\]$/, (tape) => {
  const a = { values: tensor([2]), rowPointers: indices(4), columns: indices(2) };
  const columns = indices(2);
  const t = { transposedValues: tensor([2]), transposedPointers: indices(3), transposedColumns: columns };
  return tape.apply(ops.spmmCsr, { ...a, ...t, x: tensor([4, 6]), bias: null });
});
refuses('softmax', /^softmax: got x of shape \[2,3,4,4\], expected \(rows, columns\)$/, (tape) =>
  tape.apply(ops.softmax, { x: tensor(image), mask: null }),
);
refuses('logProb', /^logProb: got actions of shape \[3\], expected \[2\]$/, (tape) =>
  tape.apply(ops.logProb, { probs: tensor([2, 3]), actions: indices(3) }),
);
refuses('entropy', /^entropy: got probs of shape \[3\], expected \(rows, columns\)$/, (tape) =>
  tape.apply(ops.entropy, { probs: tensor([3]), mask: null }),
);
refuses('entropy', /^entropy: got 2 groups, expected a divisor of the 3 rows$/, (tape) =>
  tape.apply(ops.entropy, { probs: tensor([3, 4]), mask: null }, { groups: 2 }),
);
refuses('entropy', /^entropy: got mask of type f32, expected i32$/, (tape) =>
  tape.apply(ops.entropy, { probs: tensor([2, 3]), mask: tensor([2, 3]) }),
);
refuses('softmax', /^softmax: got mask of type f32, expected i32$/, (tape) =>
  tape.apply(ops.softmax, { x: tensor([2, 3]), mask: tensor([2, 3]) }),
);
refuses('softmax', /^softmax: got mask of shape \[2,2\], expected \[2,3\]$/, (tape) =>
  tape.apply(ops.softmax, { x: tensor([2, 3]), mask: tensor([2, 2], 'i32') }),
);
refuses('sliceRows', /^sliceRows: got rows 2 to 2, expected at least one of 2$/, (tape) =>
  tape.apply(ops.sliceRows, { x: tensor([2, 3]) }, { begin: 2 }),
);
for (const name of ['lstmState', 'lstmHidden'] as const) {
  refuses(name, new RegExp(`^${name}: got gates of shape \\[2,8\\], expected \\[2,12\\]$`), (tape) =>
    tape.apply(ops[name], { gates: tensor([2, 8]), c: tensor([2, 3]) }),
  );
}
refuses('dropPath', /^dropPath: got row 4 of \(4,2\) factors, expected a row for 2 images$/, (tape) =>
  tape.apply(ops.dropPath, { x: tensor(image), factors: tensor([4, 2]) }, { row: 4 }),
);

refuses('relu', /^relu: got x of shape \[2,0,4,4\], which has no elements$/, (tape) =>
  tape.apply(ops.relu, { x: tensor([2, 0, 4, 4]) }),
);
refuses('a gradient', /^got a gradient of shape \[2,3\], expected \[3,3\]$/, (tape) =>
  tape.seed(tensor([3, 3]), tensor([2, 3])),
);
refuses('a directed gradient', /^got a gradient of shape \[4\], expected \[3,3\]$/, (tape) =>
  tape.direct(tensor([3, 3]), tensor([4])),
);
refuses('a gradient that is passed on', /^got a gradient of shape \[12\], expected \[3,3\]$/, (tape) =>
  tape.passGrad({ ...tensor([3, 3]), grad: tensor([3, 3]) }, tensor([12])),
);

test('upload: values that do not fill the shape', () => {
  const runner = Object.assign(Object.create(engine) as typeof engine, { write() {} });
  assert.throws(
    () => upload(runner as never, 'grad_output', [2, 3], new Float32Array(5)),
    /^grad_output: got 5 values, expected 6 for shape \[2,3\]$/,
  );
});

refuses('groupNorm', /^groupNorm: got 2 groups, expected a divisor of the 3 channels$/, (tape) =>
  tape.apply(
    ops.groupNorm,
    { x: tensor(image), gamma: tensor([3]), beta: tensor([3]) },
    { groups: 2, eps: 1e-5 },
  ),
);
refuses('groupNorm', /^groupNorm: got beta of shape \[4\], expected \[3\]$/, (tape) =>
  tape.apply(
    ops.groupNorm,
    { x: tensor(image), gamma: tensor([3]), beta: tensor([4]) },
    { groups: 3, eps: 1e-5 },
  ),
);
refuses('dropout', /^dropout: got probability 1, expected 0 or more and less than 1$/, (tape) =>
  tape.apply(
    ops.dropout,
    { x: tensor(image), step: tensor([1], 'u32') },
    { probability: 1, seed: 0, stream: 10 },
  ),
);
refuses(
  'resizeBilinear',
  /^resizeBilinear: got height 0 and width 2.5, expected whole numbers of 1 or more$/,
  (tape) => tape.apply(ops.resizeBilinear, { x: tensor(image) }, { height: 0, width: 2.5 }),
);

test.run();
