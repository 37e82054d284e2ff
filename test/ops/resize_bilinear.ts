import { resizeBilinear } from '../../src/ops/resize/resize_bilinear.ts';
import { between, opTable, randomImages } from '../support/op_harness.ts';

/** What pixel `i` of `extent` counts in pixel `place` of `resized`. */
function share(i: number, place: number, extent: number, resized: number): number {
  const at = Math.min(Math.max(((place + 0.5) * extent) / resized - 0.5, 0), extent - 1);
  return Math.max(0, 1 - Math.abs(at - i));
}

const resize = (shape: readonly number[], height: number, width: number) => ({
  inputs: { x: { shape } },
  attrs: { height, width },
});

export const resizeBilinearTable = opTable(resizeBilinear, {
  reference({ x }, { height, width }) {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    return Array.from({ length: n * c * height * width }, (_, at) => {
      const [i, j] = [Math.floor(at / width) % height, at % width];
      const plane = Math.floor(at / (width * height));
      let sum = 0;
      for (let row = 0; row < h; row++) {
        for (let column = 0; column < w; column++) {
          const both = share(row, i, h, height) * share(column, j, w, width);
          sum += both * x.data[(plane * h + row) * w + column]!;
        }
      }
      return sum;
    });
  },
  cases: [
    { name: 'twice', ...resize([2, 3, 4, 5], 8, 10) },
    { name: 'half', ...resize([2, 2, 8, 6], 4, 3) },
    { name: 'by no whole number', ...resize([1, 3, 5, 7], 11, 4) },
    { name: 'the same', ...resize([2, 1, 6, 6], 6, 6) },
    { name: 'one pixel', ...resize([2, 1, 1, 1], 3, 5) },
    { name: 'to one pixel', ...resize([1, 2, 7, 4], 1, 1) },
    { name: 'eight times', ...resize([1, 1, 3, 3], 24, 24) },
  ],
  generate: (rng) => resize(randomImages(rng), between(rng, 1, 16), between(rng, 1, 16)),
});
