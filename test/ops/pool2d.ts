import { avgPool2d } from '../../src/ops/pool/avg_pool2d.ts';
import { maxPool2d } from '../../src/ops/pool/max_pool2d.ts';
import type { PoolAttrs } from '../../src/ops/pool/pool_geometry.ts';
import type { Rng } from '../../src/core/rng.ts';
import { between, opTable, randomImages, type Values } from '../support/op_harness.ts';

/** Applies `summary` to the pixels of every window that lie inside the image. */
function pool(
  { shape, data }: Values,
  { kernel, stride = kernel, padding = 0, padEnd = padding }: PoolAttrs,
  summary: (pixels: readonly number[]) => number,
): number[] {
  const [n, c, h, w] = shape as [number, number, number, number];
  const y: number[] = [];
  for (let plane = 0; plane < n * c; plane++) {
    for (let top = -padding; top + kernel <= h + padEnd; top += stride) {
      for (let left = -padding; left + kernel <= w + padEnd; left += stride) {
        const pixels: number[] = [];
        for (let i = Math.max(top, 0); i < Math.min(top + kernel, h); i++) {
          for (let j = Math.max(left, 0); j < Math.min(left + kernel, w); j++) {
            pixels.push(data[(plane * h + i) * w + j]!);
          }
        }
        y.push(summary(pixels));
      }
    }
  }
  return y;
}

const sizes: readonly [
  shape: readonly number[],
  kernel: number,
  stride: number,
  padding: number,
  padEnd?: number,
][] = [
  [[2, 3, 8, 8], 3, 1, 1],
  [[2, 3, 8, 8], 3, 2, 1],
  [[1, 2, 7, 9], 3, 2, 1],
  [[2, 1, 9, 7], 2, 2, 0],
  [[1, 3, 1, 1], 3, 1, 1],
  [[2, 2, 1, 4], 3, 1, 1],
  [[1, 3, 5, 12], 3, 1, 1],
  [[1, 2, 2, 4], 3, 1, 1],
  [[2, 2, 35, 8], 3, 1, 1],
  [[1, 2, 6, 7], 3, 1, 1],
  [[3, 2, 1, 5], 3, 2, 1],
  [[1, 2, 11, 10], 5, 3, 2],
  [[1, 2, 6, 6], 1, 2, 0],
  [[1, 1, 20, 19], 18, 1, 4],
  [[2, 2, 5, 7], 2, 1, 0, 1],
  [[1, 3, 7, 5], 2, 2, 0, 1],
  [[1, 2, 1, 1], 2, 2, 0, 1],
  [[1, 2, 6, 8], 3, 1, 1, 0],
  [[1, 3, 2, 8], 3, 2, 1],
  [[2, 2, 6, 24], 3, 2, 1],
  [[1, 2, 38, 8], 3, 2, 1],
  [[1, 2, 6, 16], 3, 2, 1, 0],
  [[1, 2, 6, 12], 3, 2, 1],
  [[1, 2, 6, 20], 3, 1, 1],
  [[1, 2, 5, 16], 3, 1, 1],
];

const cases = sizes.flatMap(([shape, kernel, stride, padding, padEnd = padding]) =>
  [false, true].map((affine) => ({
    name: `${shape} kernel ${kernel} stride ${stride} padding ${padding}, ${padEnd}${affine ? ' pending' : ''}`,
    inputs: { x: { shape, distinct: true, affine } },
    attrs: { kernel, stride, padding, padEnd },
  })),
);

function generate(rng: Rng): Omit<(typeof cases)[number], 'name'> {
  const [n, c, h, w] = randomImages(rng);
  const kernel = between(rng, 1, 5);
  const padding = between(rng, 0, Math.floor(kernel / 2));
  const padEnd = between(rng, 0, Math.floor(kernel / 2));
  const shape = [n, c, Math.max(h, kernel), Math.max(w, kernel)];
  return {
    inputs: { x: { shape, distinct: true, affine: rng.int(2) === 1 } },
    attrs: { kernel, stride: between(rng, 1, 3), padding, padEnd },
  };
}

export const maxPool2dTable = opTable(maxPool2d, {
  reference: ({ x }, attrs) => pool(x, attrs, (pixels) => Math.max(...pixels)),
  cases,
  generate,
});

export const avgPool2dTable = opTable(avgPool2d, {
  reference: ({ x }, attrs) =>
    pool(x, attrs, (pixels) => pixels.reduce((sum, v) => sum + v, 0) / pixels.length),
  cases,
  generate,
});
