// Convolutions on GPUs, with any window, stride, padding, dilation and groups, and the factorized reduce: tiles in
// workgroup memory.
import {
  type ConvFamily,
  affineOf,
  bindMoments,
  chunkSize,
  outBlocks,
  partSize,
  sumInParts,
} from './conv_family.ts';
import { backwardParams, convMadds, forwardParams } from './conv_geometry.ts';

/** Pixels of a workgroup's tile. */
const PIXELS = 64;

/** Result channels of a tile: small ones where there are few, so that less of a tile is empty. */
const tileOf = (channels: number): number => (channels > 32 ? 64 : channels > 16 ? 32 : 16);

/** Workgroups wanted for a sum: one for every core of a large GPU, and each with enough to do; parts take memory. */
const WORKGROUPS = 144;
const LEAST_PIXELS = 256;

export const tiledConv: ConvFamily = {
  fits: () => true,

  forward(tape, g, x, weight, y, moments) {
    const tile = tileOf(partSize(g));
    const blocks = outBlocks(g, tile);
    const tiles = Math.ceil((g.batch * g.outHeight * g.outWidth) / PIXELS);
    bindMoments(tape, moments, (bound) =>
      tape.dispatch('conv2d_tiled', {
        bind: { source: x, x, affine: affineOf(x), weight, result: y, moments: bound },
        params: forwardParams(g, x, { moments: moments !== null }),
        constants: { TILE: tile, INVOCATIONS: 4 * tile },
        threads: [4 * tile * tiles * blocks],
        madds: convMadds(g),
      }),
    );
  },

  leavesMoments: () => true,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    const tile = tileOf(g.inChannels / g.groups);
    const blocks = g.groups * Math.ceil(g.inChannels / g.groups / tile);
    // pixels `stride` apart see the same taps; one phase of them after the other
    const pixels = g.batch * Math.ceil(g.height / g.strideH) * Math.ceil(g.width / g.strideW);
    const tiles = Math.ceil(pixels / PIXELS) * g.strideH * g.strideW;
    bindMoments(tape, null, (moments) =>
      tape.dispatch('conv2d_tiled', {
        bind: { source: gradOutput, x, affine: affineOf(x), weight, result: grad, moments },
        params: backwardParams(g, x, { accumulate }),
        constants: { TILE: tile, INVOCATIONS: 4 * tile },
        threads: [4 * tile * tiles * blocks],
      }),
    );
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    const tile = Math.max(partSize(g), g.inChannels / g.groups) > 32 ? 64 : 32;
    const blocks = outBlocks(g, tile);
    const tiles = g.kernelH * g.kernelW * Math.ceil(g.inChannels / g.groups / tile) * blocks;
    const pixels = g.batch * g.outHeight * g.outWidth;
    const size = chunkSize(pixels, tiles, LEAST_PIXELS, WORKGROUPS);
    const chunks = Math.ceil(pixels / size);
    const invocations = (tile / 4) ** 2;
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_tiled_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: forwardParams(g, x, { accumulate, chunkSize: size }),
        constants: { TILE: tile, INVOCATIONS: invocations },
        threads: [invocations * tiles * chunks],
      }),
    );
  },
};
