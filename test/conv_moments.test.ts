// A convolution that a batch norm follows leaves the mean and the squared deviations of its tiles: they are compared
// with those of its output, in float64. Seed: 1 (values).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { tileChunks } from '../src/ops/norm/batch_chunks.ts';
import { conv2d } from '../src/ops/conv/conv2d.ts';
import { factorizedReduceConv } from '../src/ops/conv/factorized_reduce_conv.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { numel, type Shape, type Tensor } from '../src/core/tensor.ts';
import { testEngine } from './support/device.ts';
import { download, upload } from './support/device_memory.ts';
import { near } from './support/near.ts';
import { normal } from './support/op_inputs.ts';

const test = suite('moments of tiles');

const conv = (kernel: number, stride = 1) => ({
  record: (tape: Tape, x: Tensor, weight: Tensor) => {
    const padding = [(kernel - 1) >> 1, (kernel - 1) >> 1] as const;
    const attrs = { stride, padding, dilation: 1, groups: 1, relu: true, normalised: true };
    return tape.apply(conv2d, { x, weight }, attrs);
  },
  weight: (c: number, o: number): Shape => [o, c, kernel, kernel],
});

const reduce = {
  record: (tape: Tape, x: Tensor, weight: Tensor) =>
    tape.apply(factorizedReduceConv, { x, weight }, { normalised: true }),
  weight: (c: number, o: number): Shape => [o, c],
};

interface Case {
  readonly name: string;
  readonly shape: readonly [number, number, number, number];
  readonly outputs: number;
  readonly layer: typeof conv extends (...args: never[]) => infer L ? L : never;
  /** Forms whose kernels leave moments here; in the others there are none. */
  readonly forms: readonly string[];
}

const BOTH = ['registers', 'tiled'];
const cases: readonly Case[] = [
  { name: '1x1', shape: [3, 5, 8, 8], outputs: 6, layer: conv(1), forms: BOTH },
  { name: '1x1, many channels', shape: [2, 7, 16, 16], outputs: 70, layer: conv(1), forms: BOTH },
  { name: '1x1, images of 16 pixels', shape: [8, 3, 4, 4], outputs: 5, layer: conv(1), forms: BOTH },
  { name: '1x1, many pixels', shape: [52, 3, 16, 16], outputs: 80, layer: conv(1), forms: BOTH },
  { name: '1x1, tiles that do not fit', shape: [3, 3, 6, 6], outputs: 4, layer: conv(1), forms: [] },
  { name: '3x3', shape: [2, 5, 8, 16], outputs: 9, layer: conv(3), forms: BOTH },
  { name: '3x3, odd number of strips', shape: [2, 3, 12, 16], outputs: 3, layer: conv(3), forms: BOTH },
  { name: '3x3, many images', shape: [70, 3, 8, 8], outputs: 44, layer: conv(3), forms: BOTH },
  { name: '3x3, many channels', shape: [2, 9, 16, 16], outputs: 41, layer: conv(3), forms: BOTH },
  { name: '3x3, stride 2', shape: [2, 3, 16, 16], outputs: 20, layer: conv(3, 2), forms: ['tiled'] },
  { name: 'factorized reduce', shape: [2, 6, 16, 16], outputs: 10, layer: reduce, forms: BOTH },
];

for (const form of ['registers', 'tiled'] as const) {
  for (const { name, shape, outputs, layer, forms } of cases) {
    test(`${name} (${form})`, async () => {
      const engine = await testEngine(form);
      const rng = createRng(1, 0);
      const random = (of: Shape): Tensor =>
        upload(
          engine,
          'input',
          of,
          'f32',
          Array.from({ length: numel(of) }, () => 1 + normal(rng)),
        );
      const allocator = directAllocator(engine);
      const tape = new Tape({ engine, activations: allocator, scratch: allocator });
      const y = layer.record(tape, random(shape), random(layer.weight(shape[1], outputs)));
      engine.submit(tape.take());
      assert.is(y.chunkMoments !== undefined, forms.includes(form));
      if (!y.chunkMoments) return;
      const { chunks, chunk_images: images, part_pixels: size } = tileChunks(engine.kind, y)!;
      const values = await download(engine, y);
      const moments = await download(engine, y.chunkMoments);
      for (let c = 0; c < outputs; c++) {
        const of = channel(values, y.shape, c);
        const got = Array.from({ length: chunks }, (_, k) => moments.slice(2 * (c * chunks + k)).slice(0, 2));
        const want = groups(name, of, y.shape, images * size).map(momentsOf);
        near(
          got.flatMap(([mean]) => mean!),
          want.map(({ mean }) => mean),
          1e-6,
          `means of channel ${c}`,
        );
        near(
          got.flatMap(([, squares]) => squares!),
          want.map(({ squares }) => squares),
          1e-5,
          `deviations of channel ${c}`,
        );
      }
    });
  }

  /** A channel's pixels in order, image by image. */
  function channel(values: ArrayLike<number>, [n, c, h, w]: Shape, at: number): number[] {
    const plane = h! * w!;
    return Array.from({ length: n! * plane }, (_, i) => {
      const image = Math.floor(i / plane);
      return values[(image * c! + at) * plane + (i % plane)]!;
    });
  }

  /** The pixels of every chunk: neighbours in memory, but for the register tiles of 3x3, which are two rows of 8. */
  function groups(name: string, pixels: number[], [n, , h, w]: Shape, size: number): number[][] {
    if (form === 'tiled' || !name.startsWith('3x3')) {
      return Array.from({ length: pixels.length / size }, (_, k) => pixels.slice(k * size, (k + 1) * size));
    }
    const chunks: number[][] = [];
    for (let image = 0; image < n!; image++) {
      for (let strip = 0; strip < h! / 4; strip++) {
        for (let piece = 0; piece < w! / 8; piece++) {
          for (const first of [4 * strip, 4 * strip + 2]) {
            const row = (y: number) => pixels.slice((image * h! + y) * w! + 8 * piece).slice(0, 8);
            chunks.push([...row(first), ...row(first + 1)]);
          }
        }
      }
    }
    return chunks;
  }
}

function momentsOf(values: readonly number[]): { mean: number; squares: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return { mean, squares: values.reduce((sum, v) => sum + (v - mean) ** 2, 0) };
}

test.run();
