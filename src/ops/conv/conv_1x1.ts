// 1x1 convolutions of stride 1, the planes being whole vec4s: matrix products.
import type { KernelCall } from '../../../runtime/engine/engine.ts';
import {
  type ConvFamily,
  affineOf,
  bindMoments,
  chunkSize,
  sumInParts,
  tileChannels,
} from './conv_family.ts';
import { backwardParams, type ConvGeometry, convMadds, forwardParams } from './conv_geometry.ts';

/** The tiles that cover a result of so many channels. */
function tiles(g: ConvGeometry, channels: number): Pick<KernelCall, 'constants' | 'threads'> {
  const of = tileChannels(channels);
  const pixels = Math.ceil((g.height * g.width) / 16) * g.batch;
  return { constants: { CHANNELS: of }, threads: [pixels * Math.ceil(channels / of)] };
}

export const conv1x1: ConvFamily = {
  fits: (g) =>
    [g.kernelH, g.kernelW, g.strideH, g.strideW, g.groups].every((v) => v === 1) &&
    g.padH === 0 &&
    g.padW === 0 &&
    (g.height * g.width) % 4 === 0,

  forward(tape, g, x, weight, y, moments) {
    bindMoments(tape, moments, (bound) =>
      tape.dispatch('conv2d_1x1', {
        bind: { source: x, x, affine: affineOf(x), weight, result: y, moments: bound },
        params: forwardParams(g, x, { moments: moments !== null }),
        ...tiles(g, g.outChannels),
        madds: convMadds(g),
      }),
    );
  },

  leavesMoments: () => true,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    bindMoments(tape, null, (moments) =>
      tape.dispatch('conv2d_1x1', {
        bind: { source: gradOutput, x, affine: affineOf(x), weight, result: grad, moments },
        params: backwardParams(g, x, { accumulate }),
        ...tiles(g, g.inChannels),
      }),
    );
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    const quads = (g.height * g.width) / 4;
    const channels = tileChannels(g.outChannels);
    const blocks = Math.ceil(g.inChannels / 4) * Math.ceil(g.outChannels / channels);
    const chunkImages = chunkSize(g.batch, blocks);
    const imageChunks = Math.ceil(g.batch / chunkImages);
    const size = chunkSize(quads, blocks * imageChunks, 16);
    const chunks = imageChunks * Math.ceil(quads / size);
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_1x1_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: forwardParams(g, x, { accumulate, chunkImages, chunkSize: size }),
        constants: { CHANNELS: channels },
        threads: [blocks * chunks],
      }),
    );
  },
};
