// Convolutions with any window, stride, padding, dilation and groups.
import { type ConvFamily, affineOf, sumInChunks } from './conv_family.ts';
import { convMadds, convParams } from './conv_geometry.ts';

const blocks = (channels: number): number => Math.ceil(channels / 4);
const tiles = (height: number, width: number): number => height * Math.ceil(width / 4);

export const generalConv: ConvFamily = {
  forward(tape, g, x, weight, y) {
    tape.dispatch('conv2d', {
      bind: { x, affine: affineOf(x), weight, y },
      params: convParams(g, x),
      threads: [tiles(g.outHeight, g.outWidth), g.groups * blocks(g.outChannels / g.groups), g.batch],
      madds: convMadds(g),
    });
  },

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    tape.dispatch('conv2d_grad_input', {
      bind: { x, affine: affineOf(x), weight, grad_output: gradOutput, grad_input: grad },
      params: convParams(g, x, { accumulate }),
      threads: [tiles(g.height, g.width), g.groups * blocks(g.inChannels / g.groups), g.batch],
    });
  },

  gradWeight(tape, g, { x, weight, gradOutput }, target) {
    const rows = g.batch * g.outHeight;
    const chunkRows = Math.ceil(rows / 16);
    const chunks = Math.ceil(rows / chunkRows);
    sumInChunks(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: convParams(g, x, { accumulate, chunks, chunkRows }),
        threads: [weight.bytes / 4, chunks],
      }),
    );
  },
};
