// The convolution kernels for GPUs cut large batches into other tiles than small ones: the result and the gradient of x of a batch
// equal those of its parts, which the op tests compare with a reference. Seed: 1 (values).
import { suite } from 'uvu';
import { directAllocator } from '../src/core/allocator.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { numel, type Shape } from '../src/core/tensor.ts';
import { conv2d } from '../src/ops/conv/conv2d.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { near } from './support/near.ts';

const test = suite('batches of convolutions');

const PARTS = 4;

const cases: readonly (readonly [x: Shape, weight: Shape])[] = [
  [
    [88, 2, 16, 16],
    [72, 2, 1, 1],
  ],
  [
    [68, 3, 8, 8],
    [44, 3, 3, 3],
  ],
  [
    [136, 18, 8, 8],
    [9, 18, 3, 3],
  ],
];

for (const [shape, weightShape] of cases) {
  test(`${shape.join('x')} by ${weightShape.join('x')}`, async () => {
    const engine = await testEngine('tiled');
    const allocator = directAllocator(engine);
    const rng = createRng(1, 0);
    const random = (of: Shape): Float32Array =>
      Float32Array.from({ length: numel(of) }, () => rng.uniform() - 0.5);
    const [batch, , ...size] = shape as [number, number, number, number];
    const padding = [(weightShape[2]! - 1) / 2, (weightShape[3]! - 1) / 2] as const;
    const weight = upload(engine, 'weight', weightShape, 'f32', random(weightShape));
    const values = random(shape);
    const seeds = random([batch, weightShape[0]!, ...size]);

    async function run(first: number, images: number): Promise<number[][]> {
      const of = (all: Float32Array) =>
        all.slice((first * all.length) / batch, ((first + images) * all.length) / batch);
      const part = [images, ...shape.slice(1)];
      const grad = upload(engine, 'gradient', part, 'f32', new Float32Array(numel(part)));
      const x = { ...upload(engine, 'x', part, 'f32', of(values)), grad };
      const tape = new Tape({ engine, activations: allocator, scratch: allocator });
      const attrs = { stride: 1, padding, dilation: 1, groups: 1, relu: true };
      const y = tape.apply(conv2d, { x, weight }, attrs);
      tape.seed(y, upload(engine, 'gradient of y', y.shape, 'f32', of(seeds)));
      tape.backward();
      engine.submit(tape.take());
      return [Array.from(await download(engine, y)), Array.from(await download(engine, grad))];
    }

    const [y, gradient] = await run(0, batch);
    const parts: number[][][] = [];
    for (let i = 0; i < PARTS; i++) parts.push(await run((i * batch) / PARTS, batch / PARTS));
    near(
      y!,
      parts.flatMap(([of]) => of!),
      1e-6,
      'result',
    );
    near(
      gradient!,
      parts.flatMap(([, of]) => of!),
      1e-6,
      'gradient of x',
    );
  });
}

test.run();
