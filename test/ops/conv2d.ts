import { conv2d, type Conv2dAttrs } from '../../src/ops/conv/conv2d.ts';
import type { Rng } from '../../src/core/rng.ts';
import type { Shape } from '../../src/core/tensor.ts';
import { between, type OpCase, opTable, randomImages, type Values } from '../support/op_harness.ts';

/** One sum per output value, straight from the formula; ReLU first. */
function reference(x: Values, weight: Values, attrs: Conv2dAttrs): Float64Array {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [o, groupIn, kh, kw] = weight.shape as [number, number, number, number];
  const { stride = 1, padding: padded = 0, dilation = 1, groups = 1, relu } = attrs;
  const padding = typeof padded === 'number' ? [padded, padded] : padded;
  const [sh, sw] = typeof stride === 'number' ? [stride, stride] : stride;
  const oh = Math.floor((h + 2 * padding[0] - dilation * (kh - 1) - 1) / sh) + 1;
  const ow = Math.floor((w + 2 * padding[1] - dilation * (kw - 1) - 1) / sw) + 1;
  const y = new Float64Array(n * o * oh * ow);
  let at = 0;
  for (let image = 0; image < n; image++) {
    for (let out = 0; out < o; out++) {
      const firstChannel = Math.floor(out / (o / groups)) * groupIn;
      for (let i = 0; i < oh; i++) {
        for (let j = 0; j < ow; j++) {
          let sum = 0;
          for (let ci = 0; ci < groupIn; ci++) {
            for (let ky = 0; ky < kh; ky++) {
              const iy = i * sh + ky * dilation - padding[0];
              if (iy < 0 || iy >= h) continue;
              for (let kx = 0; kx < kw; kx++) {
                const ix = j * sw + kx * dilation - padding[1];
                if (ix < 0 || ix >= w) continue;
                const v = x.data[((image * c + firstChannel + ci) * h + iy) * w + ix]!;
                sum += weight.data[((out * groupIn + ci) * kh + ky) * kw + kx]! * (relu ? Math.max(v, 0) : v);
              }
            }
          }
          y[at++] = sum;
        }
      }
    }
  }
  return y;
}

interface Options extends Partial<Conv2dAttrs> {
  /** x carries a batch norm not yet applied. */
  readonly affine?: boolean;
}

type Case = OpCase<{ x: never; weight: never }, Conv2dAttrs>;

/** A case named by its shapes and whatever differs from stride 1, no padding, one group. */
function convCase(x: Shape, weight: Shape, options: Options = {}): Case {
  const { affine = false, relu = false, ...rest } = options;
  const attrs: Conv2dAttrs = { stride: 1, padding: [0, 0], dilation: 1, groups: 1, relu, ...rest };
  const details = Object.entries(options).map(([key, value]) => `${key} ${value}`);
  const name = [`${x.join('x')} by ${weight.join('x')}`, ...details].join(', ');
  return { name, inputs: { x: { shape: x, affine, avoid: [0] }, weight: { shape: weight } }, attrs };
}

const general: Case[] = [
  { ...convCase([2, 3, 7, 6], [4, 3, 3, 3]), name: 'attributes left out', attrs: {} },
  convCase([1, 3, 6, 9], [4, 3, 3, 3], { padding: 1 }),
  convCase([2, 3, 8, 8], [6, 3, 3, 3], { padding: [1, 1] }),
  convCase([2, 5, 7, 9], [4, 5, 3, 3], { padding: [1, 1], relu: true, affine: true }),
  convCase([1, 1, 1, 1], [1, 1, 3, 3], { padding: [1, 1] }),
  convCase([3, 2, 1, 1], [5, 2, 3, 3], { padding: [1, 1], affine: true }),
  convCase([2, 1, 12, 16], [6, 1, 3, 3], { padding: [1, 1] }),
  convCase([2, 1, 9, 9], [4, 1, 7, 7], { padding: [3, 3], stride: 2 }),
  convCase([1, 4, 16, 32], [8, 4, 3, 3], { padding: [1, 1], relu: true }),
  convCase([2, 10, 7, 16], [9, 10, 3, 3], { padding: [1, 1], relu: true, affine: true }),
  convCase([3, 3, 3, 8], [20, 3, 3, 3], { padding: [1, 1], affine: true }),
  convCase([1, 36, 5, 8], [70, 36, 3, 3], { padding: [1, 1], relu: true }),
  convCase([2, 3, 5, 33], [6, 3, 3, 3], { padding: [1, 1] }),
  convCase([1, 9, 4, 20], [13, 9, 3, 3], { padding: [1, 1], affine: true }),
  convCase([1, 3, 12, 16], [4, 3, 5, 5], { padding: [2, 2], relu: true, affine: true }),
  convCase([1, 2, 9, 9], [3, 2, 7, 7], { padding: [3, 3] }),
  convCase([2, 3, 6, 6], [3, 3, 2, 2]),
  convCase([1, 2, 7, 5], [5, 2, 4, 4], { padding: [2, 2], relu: true }),
  convCase([2, 4, 8, 8], [4, 4, 1, 7], { padding: [0, 3], affine: true }),
  convCase([2, 4, 8, 8], [4, 4, 7, 1], { padding: [3, 0], relu: true }),
  convCase([1, 3, 9, 8], [4, 3, 1, 7], { padding: [0, 3], stride: [1, 2], relu: true }),
  convCase([1, 3, 9, 8], [4, 3, 7, 1], { padding: [3, 0], stride: [2, 1] }),
  convCase([2, 8, 8, 8], [8, 8, 3, 3], { padding: [1, 1], stride: 2, relu: true, affine: true }),
  convCase([1, 3, 11, 10], [4, 3, 3, 3], { padding: [1, 1], stride: 3 }),
  convCase([2, 2, 7, 9], [3, 2, 2, 2], { stride: 3 }),
  convCase([1, 3, 9, 9], [4, 3, 3, 3], { padding: [2, 2], dilation: 2, affine: true }),
  convCase([1, 3, 9, 11], [4, 3, 3, 3], { padding: [3, 3], dilation: 3, relu: true }),
  convCase([1, 2, 11, 9], [3, 2, 3, 3], {
    padding: [2, 2],
    dilation: 2,
    stride: 2,
    relu: true,
    affine: true,
  }),
  convCase([2, 8, 6, 6], [8, 4, 3, 3], { padding: [1, 1], groups: 2, relu: true, affine: true }),
  convCase([1, 6, 5, 5], [12, 2, 3, 3], { padding: [1, 1], groups: 3, stride: 2 }),
  convCase([2, 3, 6, 7], [6, 1, 3, 3], { padding: [1, 1], groups: 3, relu: true }),
  convCase([2, 3, 6, 5], [4, 3, 1, 1], { padding: [1, 2], affine: true }),
  convCase([2, 4, 5, 5], [6, 2, 1, 1], { groups: 2, affine: true, relu: true }),
  convCase([2, 2, 5, 6], [3, 2, 3, 3], { padding: [4, 0] }),
  convCase([5, 2, 20, 17], [3, 2, 3, 3], { padding: [1, 1], relu: true, affine: true }),
];

const depthwise: Case[] = [
  convCase([2, 6, 8, 8], [6, 1, 3, 3], { padding: [1, 1], groups: 6 }),
  convCase([2, 5, 7, 9], [5, 1, 3, 3], { padding: [1, 1], groups: 5, relu: true, affine: true }),
  convCase([1, 2, 1, 1], [2, 1, 3, 3], { padding: [1, 1], groups: 2, relu: true }),
  convCase([1, 3, 8, 32], [3, 1, 3, 3], { padding: [1, 1], groups: 3, affine: true }),
  convCase([2, 2, 35, 8], [2, 1, 5, 5], { padding: [2, 2], groups: 2, relu: true, affine: true }),
  convCase([1, 2, 37, 8], [2, 1, 3, 3], { padding: [2, 2], groups: 2, dilation: 2, relu: true }),
  convCase([2, 2, 1, 8], [2, 1, 3, 3], { padding: [2, 2], groups: 2, dilation: 2 }),
  convCase([2, 3, 8, 16], [3, 1, 5, 5], { padding: [2, 2], groups: 3, relu: true }),
  convCase([1, 3, 5, 33], [3, 1, 5, 5], { padding: [2, 2], groups: 3, affine: true }),
  convCase([1, 2, 9, 12], [2, 1, 7, 7], { padding: [3, 3], groups: 2, relu: true, affine: true }),
  convCase([2, 4, 8, 8], [4, 1, 3, 3], { padding: [1, 1], groups: 4, stride: 2, relu: true, affine: true }),
  convCase([2, 4, 9, 7], [4, 1, 5, 5], { padding: [2, 2], groups: 4, stride: 2 }),
  convCase([1, 2, 10, 10], [2, 1, 3, 3], { padding: [1, 1], groups: 2, stride: 2 }),
  convCase([1, 3, 12, 16], [3, 1, 5, 5], { padding: [2, 2], groups: 3, stride: 2, relu: true }),
  convCase([2, 4, 10, 10], [4, 1, 3, 3], { padding: [2, 2], groups: 4, dilation: 2, affine: true }),
  convCase([1, 4, 10, 16], [4, 1, 5, 5], { padding: [4, 4], groups: 4, dilation: 2, relu: true }),
  convCase([1, 4, 10, 12], [4, 1, 5, 5], {
    padding: [4, 4],
    groups: 4,
    dilation: 2,
    stride: 2,
    relu: true,
    affine: true,
  }),
  convCase([1, 2, 10, 11], [2, 1, 3, 3], { padding: [3, 3], groups: 2, dilation: 3, stride: 3 }),
  convCase([2, 3, 6, 7], [3, 1, 2, 2], { groups: 3, relu: true }),
  convCase([1, 3, 7, 6], [3, 1, 4, 4], { padding: [2, 1], groups: 3, affine: true }),
  convCase([1, 2, 6, 9], [2, 1, 1, 7], { padding: [0, 3], groups: 2 }),
  convCase([2, 2, 6, 9], [2, 1, 1, 1], { groups: 2, affine: true, relu: true }),
  convCase([5, 3, 20, 20], [3, 1, 3, 3], { padding: [1, 1], groups: 3, relu: true, affine: true }),
  // several chunks of images, the last one smaller, and more strips than a workgroup has lanes
  convCase([5, 2, 20, 24], [2, 1, 5, 5], { padding: [2, 2], groups: 2, relu: true, affine: true }),
  convCase([3, 2, 19, 40], [2, 1, 3, 3], { padding: [2, 2], groups: 2, dilation: 2, affine: true }),
];

/** Of stride 2, with rows of whole pieces: one or several of them, one or several strips, heights even and odd. */
const depthwiseStride2: Case[] = [
  convCase([2, 3, 8, 16], [3, 1, 3, 3], { padding: [1, 1], groups: 3, stride: 2 }),
  convCase([2, 2, 1, 16], [2, 1, 3, 3], { padding: [1, 1], groups: 2, stride: 2, affine: true }),
  convCase([1, 2, 37, 16], [2, 1, 5, 5], { padding: [2, 2], groups: 2, stride: 2, relu: true, affine: true }),
  convCase([2, 3, 6, 48], [3, 1, 5, 5], { padding: [2, 2], groups: 3, stride: 2, relu: true }),
  convCase([1, 2, 35, 32], [2, 1, 3, 3], {
    padding: [2, 2],
    groups: 2,
    dilation: 2,
    stride: 2,
    relu: true,
    affine: true,
  }),
  convCase([2, 2, 7, 48], [2, 1, 5, 5], { padding: [4, 4], groups: 2, dilation: 2, stride: 2, relu: true }),
  convCase([1, 2, 70, 16], [2, 1, 5, 5], {
    padding: [4, 4],
    groups: 2,
    dilation: 2,
    stride: 2,
    affine: true,
  }),
  // several chunks of images, the last one smaller, and more strips than a workgroup has lanes
  convCase([5, 2, 19, 48], [2, 1, 5, 5], { padding: [2, 2], groups: 2, stride: 2, relu: true, affine: true }),
  convCase([2, 3, 6, 32], [3, 1, 4, 4], { padding: [1, 1], groups: 3, stride: 2, relu: true, affine: true }),
  convCase([1, 2, 5, 32], [2, 1, 3, 5], { padding: [0, 2], groups: 2, stride: 2 }),
];

const pointwise: Case[] = [
  convCase([3, 10, 6, 6], [7, 10, 1, 1], {}),
  convCase([2, 5, 3, 5], [6, 5, 1, 1], { relu: true, affine: true }),
  convCase([1, 1, 1, 1], [1, 1, 1, 1], { relu: true }),
  convCase([3, 7, 1, 1], [9, 7, 1, 1], { affine: true }),
  convCase([1, 8, 16, 16], [8, 8, 1, 1], { relu: true }),
  convCase([2, 9, 8, 10], [17, 9, 1, 1], { affine: true }),
  convCase([5, 3, 20, 20], [4, 3, 1, 1], { relu: true, affine: true }),
  convCase([2, 33, 8, 9], [18, 33, 1, 1], { relu: true, affine: true }),
  convCase([2, 6, 8, 8], [4, 6, 1, 1], { stride: 2 }),
  convCase([2, 7, 10, 8], [6, 7, 1, 1], { stride: 2, relu: true, affine: true }),
  convCase([2, 5, 7, 9], [9, 5, 1, 1], { stride: 2, relu: true, affine: true }),
  convCase([1, 3, 8, 7], [5, 3, 1, 1], { stride: [3, 2], affine: true }),
];

/**
 * The sizes that the tiles of the GPU's kernels do not divide: channels in the last tile, rows in the last strip, vec4s
 * in the last load, strips and vec4s in the last chunk; tiles of multiples of 5 and of 4; several chunks of several each.
 */
const tiled: Case[] = [
  convCase([3, 45, 8, 8], [50, 45, 1, 1], { relu: true, affine: true }),
  convCase([2, 22, 6, 10], [43, 22, 1, 1], { relu: true }),
  convCase([1, 61, 2, 2], [3, 61, 1, 1], { affine: true }),
  convCase([70, 4, 16, 16], [5, 4, 1, 1]),
  convCase([2, 21, 7, 12], [25, 21, 3, 3], { padding: [1, 1], relu: true, affine: true }),
  convCase([18, 33, 4, 4], [33, 33, 3, 3], { padding: [1, 1] }),
  convCase([2, 9, 10, 16], [18, 9, 3, 3], { padding: [1, 1], stride: 2, affine: true }),
  convCase([3, 12, 9, 8], [5, 12, 3, 3], { padding: [1, 1], stride: 2, relu: true }),
  convCase([1, 2, 3, 48], [6, 2, 3, 3], { padding: [1, 1], relu: true, affine: true }),
  convCase([1, 3, 18, 8], [4, 3, 3, 3], { padding: [1, 1], stride: 2, relu: true, affine: true }),
  // rows that fill workgroup memory
  convCase([1, 5, 20, 48], [4, 5, 3, 3], { padding: [1, 1], stride: 2, relu: true }),
];

/** Any stride, padding, dilation, groups and kernel that leave at least one output. */
function generate(rng: Rng): Case {
  const [n, , height, width] = randomImages(rng);
  const groups = between(rng, 1, 4);
  const [groupIn, groupOut] = rng.int(2) === 1 ? [1, 1] : [between(rng, 1, 4), between(rng, 1, 4)];
  const [kh, kw] = rng.int(3) === 0 ? [1, 1] : [between(rng, 1, 5), between(rng, 1, 5)];
  const dilation = between(rng, 1, 3);
  const padding = [between(rng, 0, 4), between(rng, 0, 4)] as const;
  const h = Math.max(height, dilation * (kh - 1) + 1 - 2 * padding[0]);
  const w = Math.max(width, dilation * (kw - 1) + 1 - 2 * padding[1]);
  const stride = [between(rng, 1, 3), between(rng, 1, 3)] as const;
  const [affine, relu] = [rng.int(2) === 1, rng.int(2) === 1];
  const weight = [groups * groupOut, groupIn, kh, kw];
  return convCase([n, groups * groupIn, h, w], weight, { stride, padding, dilation, groups, affine, relu });
}

export const conv2dTable = opTable(conv2d, {
  reference: ({ x, weight }, attrs) => reference(x, weight, attrs),
  cases: [...general, ...depthwise, ...depthwiseStride2, ...pointwise, ...tiled],
  generate,
});
