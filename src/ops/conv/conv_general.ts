// Convolutions with any window, stride, padding, dilation and groups, and the factorized reduce.
import {
  type ConvFamily,
  affineOf,
  chunkSize,
  outBlocks,
  partSize,
  sumInParts,
  tileChannels,
} from './conv_family.ts';
import { backwardParams, convMadds, forwardParams } from './conv_geometry.ts';

export const generalConv: ConvFamily = {
  fits: () => true,

  forward(tape, g, x, weight, y) {
    const channels = tileChannels(partSize(g));
    const blocks = outBlocks(g, channels);
    tape.dispatch('conv2d', {
      bind: { source: x, x, affine: affineOf(x), weight, result: y },
      params: forwardParams(g, x),
      constants: { CHANNELS: channels },
      threads: [Math.ceil(g.outWidth / 8) * g.outHeight * g.batch * blocks],
      madds: convMadds(g),
    });
  },

  leavesMoments: () => false,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    // pixels `stride` apart see the same taps; one phase of them after the other
    const columns = Math.ceil(g.width / g.strideW);
    const rows = Math.ceil(g.height / g.strideH);
    const channels = tileChannels(g.inChannels / g.groups);
    const blocks = g.groups * Math.ceil(g.inChannels / g.groups / channels);
    tape.dispatch('conv2d', {
      bind: { source: gradOutput, x, affine: affineOf(x), weight, result: grad },
      params: backwardParams(g, x, { accumulate }),
      constants: { CHANNELS: channels },
      threads: [Math.ceil(columns / 8) * rows * g.strideH * g.strideW * g.batch * blocks],
    });
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    const rows = g.batch * g.outHeight;
    const channels = tileChannels(partSize(g));
    const blocks = outBlocks(g, channels);
    const tiles = g.kernelH * g.kernelW * Math.ceil(g.inChannels / g.groups / 8) * blocks;
    const size = chunkSize(rows, tiles);
    const chunks = Math.ceil(rows / size);
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: forwardParams(g, x, { accumulate, chunkSize: size }),
        constants: { CHANNELS: channels },
        threads: [tiles * chunks],
      }),
    );
  },
};
