import { shortcut, type ShortcutAttrs } from '../../src/ops/elementwise/shortcut.ts';
import { between, opTable, randomImages, type Values } from '../support/op_harness.ts';

function reference({ x: { shape, data } }: { x: Values }, { channels, stride = 1 }: ShortcutAttrs): number[] {
  const [n, c, h, w] = shape as [number, number, number, number];
  const y: number[] = [];
  for (let image = 0; image < n; image++) {
    for (let o = 0; o < channels; o++) {
      for (let i = 0; i < h; i += stride) {
        for (let j = 0; j < w; j += stride) y.push(o < c ? data[((image * c + o) * h + i) * w + j]! : 0);
      }
    }
  }
  return y;
}

const sizes: readonly [shape: readonly number[], channels: number, stride: number][] = [
  [[2, 3, 8, 8], 6, 2],
  [[2, 6, 5, 7], 4, 2],
  [[1, 3, 9, 6], 3, 4],
  [[2, 2, 3, 5], 5, 1],
  [[3, 4, 1, 1], 2, 2],
];

export const shortcutTable = opTable(shortcut, {
  reference,
  cases: sizes.map(([shape, channels, stride]) => ({
    name: `${shape} to ${channels} channels, stride ${stride}`,
    inputs: { x: { shape } },
    attrs: { channels, stride },
  })),
  generate: (rng) => ({
    inputs: { x: { shape: randomImages(rng) } },
    attrs: { channels: between(rng, 1, 8), stride: between(rng, 1, 3) },
  }),
});
