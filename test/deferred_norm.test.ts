// A batch norm that the depthwise convolution behind it combines (BatchNormAttrs.deferred) gives what one of its own
// calls gives: the same result and gradients, up to the order of sums. Where the kernel does not fit, it is combined
// before. Seeds: 1 (image), 2 and 3 (weights), 4 (gradient).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { numel, type Shape, type Tensor } from '../src/core/tensor.ts';
import { download, upload } from '../src/core/transfer.ts';
import { conv2d } from '../src/ops/conv/conv2d.ts';
import { avgPool2d } from '../src/ops/pool/avg_pool2d.ts';
import { batchNorm } from '../src/ops/norm/batch_norm.ts';
import { testEngine } from './support/device.ts';
import { normal } from './support/op_inputs.ts';

const test = suite('deferred batch norm');

const ATTRS = { training: true, eps: 1e-5, momentum: 0.1, deferred: true };
const NONE = { gamma: null, beta: null, runningMean: null, runningVar: null };

interface Window {
  readonly kernel: number;
  readonly dilation?: number;
  readonly stride?: number;
}

function random(engine: GpuEngine, label: string, shape: Shape, seed: number): Tensor {
  const rng = createRng(seed, 1);
  const data = Float32Array.from({ length: numel(shape) }, () => normal(rng));
  return upload(engine, label, shape, data);
}

function withGrad(engine: GpuEngine, x: Tensor): Tensor & { readonly grad: Tensor } {
  return { ...x, grad: upload(engine, 'gradient', x.shape, new Float32Array(numel(x.shape))) };
}

/** 1x1 convolution, batch norm, ReLU and depthwise convolution; returns its result, all gradients, and the calls. */
async function run(engine: GpuEngine, shape: Shape, window: Window, deferred: boolean) {
  const { kernel, dilation = 1, stride = 1 } = window;
  const channels = shape[1]!;
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const x = withGrad(engine, random(engine, 'x', shape, 1));
  const mixed = withGrad(engine, random(engine, 'mixed', [channels, channels, 1, 1], 2));
  const weight = withGrad(engine, random(engine, 'weight', [channels, 1, kernel, kernel], 3));
  const pointwise = { stride: 1, padding: [0, 0], dilation: 1, groups: 1, normalised: true } as const;
  const reach = (dilation * (kernel - 1)) / 2;
  const depthwise = { stride, padding: [reach, reach], dilation, groups: channels, relu: true } as const;
  const between = tape.apply(conv2d, { x, weight: mixed }, { ...pointwise, keepsMoments: deferred });
  const normal1 = tape.apply(batchNorm, { x: between, ...NONE }, { ...ATTRS, deferred });
  const y = tape.apply(conv2d, { x: normal1, weight }, depthwise);
  const forward = tape.take();
  tape.seed(y, random(engine, 'seed', y.shape, 4));
  tape.backward();
  engine.submit(forward, tape.take());
  return { values: await download(engine, y, x.grad, mixed.grad, weight.grad), calls: forward.length };
}

function near(got: ArrayLike<number | bigint>, want: ArrayLike<number | bigint>): void {
  const values = Array.from(want, Number);
  const largest = Math.max(...values.map(Math.abs));
  values.forEach((value, i) => {
    const tolerance = 1e-5 * (largest + Math.abs(value));
    assert.ok(Math.abs(Number(got[i]) - value) <= tolerance, `got ${got[i]}, expected ${value} at ${i}`);
  });
}

const CASES: readonly (readonly [Shape, Window, saved: number])[] = [
  [[4, 3, 8, 8], { kernel: 3 }, 1],
  [[11, 2, 16, 24], { kernel: 5 }, 1],
  [[3, 2, 24, 16], { kernel: 5, dilation: 2 }, 1],
  [[2, 70, 8, 8], { kernel: 3, dilation: 2 }, 1],
  // the kernels of these do not combine
  [[4, 3, 8, 8], { kernel: 7 }, 0],
  [[4, 3, 16, 16], { kernel: 3, stride: 2 }, 0],
];

for (const [shape, window, saved] of CASES) {
  test(`(${shape}), ${JSON.stringify(window)}`, async () => {
    const engine = await testEngine('tiled');
    const apart = await run(engine, shape, window, false);
    const deferred = await run(engine, shape, window, true);
    assert.is(apart.calls - deferred.calls, saved);
    deferred.values.forEach((values, i) => near(values, apart.values[i]!));
  });
}

test('an op that cannot combine it is an error of the recording', async () => {
  const engine = await testEngine('tiled');
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const x = random(engine, 'x', [2, 2, 8, 8], 1);
  const weight = random(engine, 'weight', [2, 2, 1, 1], 2);
  const attrs = { stride: 1, padding: [0, 0], dilation: 1, groups: 1, normalised: true } as const;
  const y = tape.apply(conv2d, { x, weight }, { ...attrs, keepsMoments: true });
  const pending = tape.apply(batchNorm, { x: y, ...NONE }, ATTRS);
  assert.throws(
    () => tape.apply(avgPool2d, { x: pending }, { kernel: 3, stride: 1, padding: 1 }),
    /internal: avgPool2d does not combine the batch norm that is pending on x/,
  );
});

test.run();
