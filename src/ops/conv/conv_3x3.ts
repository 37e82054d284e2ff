// 3x3 convolutions that keep the image's size, their rows being multiples of 8 pixels.
import { type ConvFamily, affineOf, bindMoments, chunkSize, sumInParts } from './conv_family.ts';
import { backwardParams, type ConvGeometry, convMadds, forwardParams } from './conv_geometry.ts';

/** Pieces of 8 neighbouring pixels in a row. */
const pieces = (g: ConvGeometry): number => g.width / 8;

const threads = (g: ConvGeometry, channels: number): number[] => [
  pieces(g) * Math.ceil(g.height / 4) * g.batch * Math.ceil(channels / 4),
];

export const conv3x3: ConvFamily = {
  fits: (g) =>
    [g.kernelH, g.kernelW].every((k) => k === 3) &&
    [g.strideH, g.strideW, g.padH, g.padW, g.dilation, g.groups].every((v) => v === 1) &&
    g.width % 8 === 0,

  forward(tape, g, x, weight, y, moments) {
    bindMoments(tape, moments, (bound) =>
      tape.dispatch('conv2d_3x3', {
        bind: { source4: x, source: x, x, affine: affineOf(x), weight, result: y, moments: bound },
        params: forwardParams(g, x, { moments: moments !== null }),
        threads: threads(g, g.outChannels),
        madds: convMadds(g),
      }),
    );
  },

  // a strip of 4 rows has two chunks of two rows
  leavesMoments: (g) => g.height % 4 === 0,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    bindMoments(tape, null, (moments) =>
      tape.dispatch('conv2d_3x3', {
        bind: {
          source4: gradOutput,
          source: gradOutput,
          x,
          affine: affineOf(x),
          weight,
          result: grad,
          moments,
        },
        params: backwardParams(g, x, { accumulate }),
        threads: threads(g, g.inChannels),
      }),
    );
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    const tiles = g.inChannels * Math.ceil(g.outChannels / 4) * pieces(g);
    const chunkImages = chunkSize(g.batch, tiles);
    const chunks = Math.ceil(g.batch / chunkImages);
    sumInParts(tape, target, chunks * pieces(g), (partials, accumulate) =>
      tape.dispatch('conv2d_3x3_grad_weight', {
        bind: { source4: x, source: x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: forwardParams(g, x, { accumulate, chunkImages }),
        threads: [tiles * chunks],
      }),
    );
  },
};
