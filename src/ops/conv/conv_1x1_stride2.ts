// 1x1 convolutions of stride 2 that halve the image, and the convolutions of a factorized reduce.
import { type ConvFamily, affineOf, bindMoments, outBlocks, partSize, tileChannels } from './conv_family.ts';
import { generalConv } from './conv_general.ts';
import { backwardParams, type ConvGeometry, convMadds, forwardParams } from './conv_geometry.ts';

/** Tiles of 16 output pixels. */
const tiles = (g: ConvGeometry): number => g.batch * Math.ceil((g.outHeight * g.outWidth) / 16);

export const conv1x1Stride2: ConvFamily = {
  fits: (g) =>
    [g.kernelH, g.kernelW, g.groups].every((v) => v === 1) &&
    [g.strideH, g.strideW].every((v) => v === 2) &&
    [g.padH, g.padW].every((v) => v === 0) &&
    g.height === 2 * g.outHeight &&
    g.width === 2 * g.outWidth &&
    g.outWidth % 4 === 0,

  forward(tape, g, x, weight, y, moments) {
    const channels = tileChannels(partSize(g));
    bindMoments(tape, moments, (bound) =>
      tape.dispatch('conv2d_1x1_stride2', {
        bind: { source: x, affine: affineOf(x), weight, result: y, moments: bound },
        params: forwardParams(g, x, { moments: moments !== null }),
        constants: { CHANNELS: channels },
        threads: [tiles(g) * outBlocks(g, channels)],
        madds: convMadds(g),
      }),
    );
  },

  leavesMoments: () => true,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    const channels = tileChannels(g.inChannels);
    tape.dispatch('conv2d_1x1_stride2_grad_input', {
      bind: { source: gradOutput, x, affine: affineOf(x), weight, result: grad },
      params: backwardParams(g, x, { accumulate }),
      constants: { CHANNELS: channels },
      threads: [tiles(g) * 2 * Math.ceil(g.inChannels / channels)],
    });
  },

  // A kernel of its own would gain little, and be one more to compile.
  gradWeight: generalConv.gradWeight,
};
