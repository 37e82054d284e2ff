// Weight gradients of 3x3 convolutions on GPUs, of stride 1 or 2 and padding 1, their rows being whole vec4s: tiles in
// workgroup memory that take all windows from the pixels at hand.
import { type ConvFamily, affineOf, evenTile, powerOfTwoUpTo, sumInParts } from './conv_family.ts';
import { type ConvGeometry, forwardParams } from './conv_geometry.ts';
import { tiledConv } from './conv_tiled.ts';

/** Workgroups wanted for a sum: two for every core of a large GPU. */
const WORKGROUPS = 264;

/** Most invocations of a workgroup, where there are several slices. */
const INVOCATIONS = 192;

/** Pixels of gradOutput in a strip; x's rows below a window of stride 2 take twice the memory. */
const STRIP_PIXELS = { 1: 64, 2: 32 };

/** Wider rows leave too little memory for the channels of a tile. */
const MOST_WIDTH = 48;

/** Rows of x that so many rows of gradOutput read. */
const rowsRead = (g: ConvGeometry, rows: number): number => g.strideH * (rows - 1) + 3;

function strips(g: ConvGeometry) {
  const pixels = STRIP_PIXELS[g.strideH as 1 | 2];
  const rows = Math.min(g.outHeight, Math.max(1, Math.floor(pixels / g.outWidth)));
  return { rows, count: Math.ceil(g.outHeight / rows) };
}

export const tiled3x3Conv: ConvFamily = {
  ...tiledConv,
  fits: (g) =>
    [g.kernelH, g.kernelW].every((k) => k === 3) &&
    [g.padH, g.padW, g.dilation, g.groups].every((v) => v === 1) &&
    g.strideH === g.strideW &&
    (g.strideH === 1 || g.strideH === 2) &&
    g.width === g.strideW * g.outWidth &&
    g.outWidth % 4 === 0 &&
    g.width <= MOST_WIDTH,

  gradWeight(tape, g, { x, gradOutput }, target) {
    const side = g.outChannels % 5 === 0 ? 5 : 4;
    const outputs = evenTile(g.outChannels, side, side === 5 ? 20 : 16);
    const inputs = evenTile(g.inChannels, 1, side === 5 ? 10 : 8);
    const { rows, count } = strips(g);
    const inRows = rowsRead(g, rows);
    const blocks = (outputs / side) * inputs;
    const slices = powerOfTwoUpTo(INVOCATIONS / blocks);
    const tiles = Math.ceil(g.outChannels / outputs) * Math.ceil(g.inChannels / inputs);
    const size = Math.ceil((g.batch * count) / Math.max(1, Math.floor(WORKGROUPS / tiles)));
    const chunks = Math.ceil((g.batch * count) / size);
    const outWidth = g.outWidth / 4;
    const width = g.width / 4;
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_3x3_tiled_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: forwardParams(g, x, { accumulate, chunkSize: size }),
        constants: {
          ...{ CHANNELS_IN: g.inChannels, CHANNELS_OUT: g.outChannels, HEIGHT: g.height, WIDTH: width },
          ...{ OUT_HEIGHT: g.outHeight, OUT_WIDTH: outWidth, STRIDE: g.strideH },
          ...{ PLAIN: Number(!x.affine && !g.relu), ROWS: rows, IN_ROWS: inRows },
          ...{ OUTPUTS: outputs, INPUTS: inputs, SIDE: side, SLICES: slices, INVOCATIONS: blocks * slices },
          GRADIENT_PITCH: rows * outWidth + 1,
          PIXEL_PITCH: inRows * (width + 1) + 1,
        },
        threads: [blocks * slices * tiles * chunks],
      }),
    );
  },
};
