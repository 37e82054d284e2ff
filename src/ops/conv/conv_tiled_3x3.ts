// 3x3 convolutions on GPUs, of stride 1 or 2 and padding 1, their rows being whole vec4s: tiles in workgroup memory as
// wide as the channels.
import {
  type ConvFamily,
  affineOf,
  CORES,
  evenTile,
  powerOfTwoUpTo,
  sumInParts,
  WORKGROUP_MEMORY,
} from './conv_family.ts';
import { type ConvGeometry, forwardParams } from './conv_geometry.ts';
import { channelsOf, recordResult, recordTurned, type ResultCall } from './conv_tiled_result.ts';
import { tiledConv } from './conv_tiled.ts';

/** Workgroups wanted for a sum. */
const WORKGROUPS = 2 * CORES;

/** Most invocations of a workgroup, where there are several slices. */
const INVOCATIONS = { weight: 192, result: 160 };

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

/** At most: source channels in workgroup memory at a time, vec4s that an invocation loads, blocks of 4 channels. */
const MOST_DEPTH = 4;
const MOST_LOADS = 10;
const MOST_BLOCKS = 10;

/** Pixels, in pairs of vec4s, that at most 10 and at most 5 blocks of a workgroup take: up to 160 invocations. */
const LINES = { many: 16, few: 32 };

/** How the work of the forward pass is laid out, or that of x's gradient, where the stride is 1. */
function resultCall(g: ConvGeometry, turned: boolean): ResultCall {
  const [sources, results] = channelsOf(g, turned);
  const across = Math.ceil(results / 4);
  const width = g.width / 4;
  const outWidth = g.outWidth / 4;
  const evenRows = (most: number): number =>
    Math.min(2 * Math.max(1, Math.floor(most / outWidth)), 2 * Math.ceil(g.outHeight / 2));
  const strips = g.batch * Math.ceil(g.outHeight / evenRows(LINES.many));
  const scarce = strips * Math.ceil(across / MOST_BLOCKS) < CORES;
  const blocks = Math.ceil(across / Math.ceil(across / (scarce ? MOST_BLOCKS / 2 : MOST_BLOCKS)));
  const rows = evenRows(scarce || blocks > MOST_BLOCKS / 2 ? LINES.many : LINES.few);
  const inRows = rowsRead(g, rows);
  const lines = (rows / 2) * outWidth;
  const pitch = inRows * (width + 1) + 1;
  const owners = blocks * lines;
  const bytes = (depth: number): number => 16 * depth * (pitch + 9 * blocks);
  const loads = (depth: number): number =>
    Math.ceil((depth * Math.max(inRows * width, 9 * blocks)) / invocations);
  let slices = Math.min(sources, MOST_DEPTH, Math.floor(INVOCATIONS.result / owners));
  while (bytes(slices) > WORKGROUP_MEMORY) slices--;
  const invocations = owners * slices;
  let depth = slices * Math.min(Math.floor(MOST_DEPTH / slices), Math.ceil(sources / slices));
  while (depth > slices && (bytes(depth) > WORKGROUP_MEMORY || loads(depth) > MOST_LOADS)) depth -= slices;
  const handed = Math.max(8 * owners * (slices - 1), 2 * invocations);
  const workgroups = Math.ceil(g.outHeight / rows) * g.batch * Math.ceil(across / blocks);
  return {
    kernel: 'conv2d_3x3_tiled',
    constants: {
      ...{ HEIGHT: g.height, WIDTH: width, OUT_HEIGHT: g.outHeight, OUT_WIDTH: outWidth, STRIDE: g.strideH },
      ...{ ROWS: rows, IN_ROWS: inRows, BLOCKS: blocks, LINES: lines },
      ...{ SLICES: slices, OWNERS: owners, INVOCATIONS: invocations },
      ...{ DEPTH: depth, PITCH: pitch, MEMORY: Math.max(bytes(depth) / 16, handed) },
    },
    threads: [invocations * workgroups],
  };
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

  forward: (tape, g, x, weight, y, moments) =>
    recordResult(tape, g, { x, weight, y }, moments, resultCall(g, false)),

  // the chunks must be whole in a strip, and a strip's invocations whole chunks
  leavesMoments: (g) => 32 % g.outWidth === 0 && (g.outHeight * g.outWidth) % 64 === 0,

  gradInput(tape, g, tensors, target) {
    if (g.strideH !== 1) tiledConv.gradInput(tape, g, tensors, target);
    else recordTurned(tape, g, tensors, target, resultCall(g, true));
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    const side = g.outChannels % 5 === 0 ? 5 : 4;
    const outputs = evenTile(g.outChannels, side, side === 5 ? 20 : 16);
    const inputs = evenTile(g.inChannels, 1, side === 5 ? 10 : 8);
    const { rows, count } = strips(g);
    const inRows = rowsRead(g, rows);
    const blocks = (outputs / side) * inputs;
    const slices = powerOfTwoUpTo(INVOCATIONS.weight / blocks);
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
