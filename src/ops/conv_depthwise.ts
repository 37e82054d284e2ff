// Depthwise convolutions: one window per channel, groups == C == O.
import { type ConvFamily, affineOf } from './conv_family.ts';
import { generalConv } from './conv_general.ts';
import { convMadds, convParams } from './conv_geometry.ts';

const tiles = (height: number, width: number): number => height * Math.ceil(width / 4);

export const depthwiseConv: ConvFamily = {
  forward(tape, g, x, weight, y) {
    tape.dispatch('depthwise_conv2d', {
      bind: { x, affine: affineOf(x), weight, y },
      params: convParams(g, x),
      threads: [tiles(g.outHeight, g.outWidth), g.inChannels, g.batch],
      madds: convMadds(g),
    });
  },

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    tape.dispatch('depthwise_conv2d_grad_input', {
      bind: { x, affine: affineOf(x), weight, grad_output: gradOutput, grad_input: grad },
      params: convParams(g, x, { accumulate }),
      threads: [tiles(g.height, g.width), g.inChannels, g.batch],
    });
  },

  gradWeight: generalConv.gradWeight,
};
