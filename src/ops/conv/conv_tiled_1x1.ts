// 1x1 convolutions of stride 1 on GPUs, the planes being whole vec4s: matrix products by tiles as wide as the channels.
import {
  type ConvFamily,
  affineOf,
  chunkSize,
  CORES,
  evenTile,
  powerOfTwoUpTo,
  sumInParts,
  WORKGROUP_MEMORY,
} from './conv_family.ts';
import type { Tensor } from '../../core/tensor.ts';
import { conv1x1 } from './conv_1x1.ts';
import { type ConvGeometry, forwardParams } from './conv_geometry.ts';
import { tiledConv } from './conv_tiled.ts';
import {
  channelsOf,
  recordResult,
  recordTurned,
  type ResultCall,
  turnedConstants,
} from './conv_tiled_result.ts';

/** Workgroups wanted for a sum, as long as each has so many vec4s to sum. */
const WORKGROUPS = 2 * CORES;
const LEAST_QUADS = 31;

/** Bytes of workgroup memory for weights. */
const WEIGHTS_MEMORY = 8192;

/** Most vec4s of a channel in workgroup memory, and invocations of a workgroup. */
const MOST_SPAN = 16;
const INVOCATIONS = 128;

/** The largest power of 2 that divides n. */
const powerOfTwoIn = (n: number): number => n & -n;

/** How a weight gradient's work is laid out: see the constants of conv/lib/grad_weight_1x1.wgsl. */
function weightTile(g: ConvGeometry, { affine }: Tensor) {
  const side = g.outChannels % 5 === 0 ? 5 : 4;
  const outputs = evenTile(g.outChannels, side, 8 * side);
  const inputs = evenTile(g.inChannels, side, 8 * side);
  const blocks = (outputs / side) * (inputs / side);
  const slices = powerOfTwoUpTo(Math.min(MOST_SPAN, INVOCATIONS / blocks));
  const invocations = blocks * slices;
  const vec4s = (span: number): number => (outputs + inputs) * (span + 1);
  let span = Math.min(MOST_SPAN, slices * powerOfTwoIn(blocks));
  while (span > slices && 16 * vec4s(span) + 4 * invocations * side > WORKGROUP_MEMORY) span /= 2;
  const plane = (g.height * g.width) / 4;
  const tiles = Math.ceil(g.outChannels / outputs) * Math.ceil(g.inChannels / inputs);
  const size = chunkSize(g.batch * plane, tiles, LEAST_QUADS, WORKGROUPS);
  const chunks = Math.ceil((g.batch * plane) / size);
  return {
    constants: {
      ...{ SOURCES: g.outChannels, RESULTS: g.inChannels, PLANE: plane },
      ...{ PLAIN: Number(!affine && !g.relu), OUTPUTS: outputs, INPUTS: inputs },
      ...{ SIDE: side, SLICES: slices, INVOCATIONS: invocations, SPAN: span },
    },
    ...{ size, chunks, invocations, vec4s: vec4s(span), workgroups: tiles * chunks },
  };
}

/** Invocations that a GPU wants to have under way; most groups of 4 channels of one of them, and of them in a workgroup. */
const UNDER_WAY = 32768;
const MOST_GROUPS = 3;
const MOST_BLOCKS = 10;

/** Source channels that an invocation loads at a time, where they divide all of them. */
const AHEAD = { few: [10, 8, 5], many: [5] };

/**
 * How the work of the forward pass or of x's gradient is laid out: see the constants of conv/lib/result_1x1.wgsl.
 * @param given invocations of a workgroup, where they are given
 */
function resultTile(g: ConvGeometry, turned: boolean, given?: number) {
  const [sources, results] = channelsOf(g, turned);
  const all = Math.ceil(results / 4);
  const plane = (g.height * g.width) / 4;
  const pixels = g.batch * plane;
  let groups = 1;
  for (let more = 2; more <= MOST_GROUPS; more++) {
    if (all % more === 0 && (pixels * all) / more >= UNDER_WAY) groups = more;
  }
  const across = Math.ceil(all / groups);
  const scarce = (pixels / 16) * Math.ceil(across / MOST_BLOCKS) < CORES;
  const blocks = Math.ceil(across / Math.ceil(across / (scarce ? MOST_BLOCKS / 2 : MOST_BLOCKS)));
  const wanted = scarce || blocks > 5 ? 16 : blocks > 2 ? 32 : 64;
  const quads = given ? Math.floor(given / blocks) : wanted;
  const fits = Math.floor(WEIGHTS_MEMORY / (16 * blocks * groups));
  const parts = Math.ceil(sources / fits);
  const ahead = AHEAD[groups === 1 ? 'few' : 'many'].find((each) => sources % each === 0) ?? 4;
  const depth = ahead * Math.ceil(sources / parts / ahead);
  const invocations = given ?? blocks * quads;
  return {
    constants: {
      ...{ PLANE: plane, GROUPS: groups, BLOCKS: blocks, QUADS: quads, INVOCATIONS: invocations },
      ...{ DEPTH: depth, AHEAD: ahead },
    },
    ...{ invocations, vec4s: depth * blocks * groups },
    workgroups: Math.ceil(pixels / quads) * Math.ceil(across / blocks),
  };
}

function resultCall(g: ConvGeometry, turned: boolean): ResultCall {
  const { constants, invocations, vec4s, workgroups } = resultTile(g, turned);
  return {
    kernel: 'conv2d_1x1_tiled',
    constants: { ...constants, MEMORY: Math.max(vec4s, 2 * invocations) },
    threads: [invocations * workgroups],
  };
}

/** Least invocations of a workgroup that makes both gradients. */
const LEAST_INVOCATIONS = 64;

export const tiled1x1Conv: ConvFamily = {
  ...tiledConv,
  fits: conv1x1.fits,

  forward: (tape, g, x, weight, y, moments) =>
    recordResult(tape, g, { x, weight, y }, moments, resultCall(g, false)),

  gradInput: (tape, g, tensors, target) => recordTurned(tape, g, tensors, target, resultCall(g, true)),

  gradWeight(tape, g, { x, gradOutput }, target) {
    const { constants, size, chunks, invocations, workgroups } = weightTile(g, x);
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_1x1_tiled_grad_weight', {
        bind: { source: gradOutput, x, affine: affineOf(x), partials },
        params: forwardParams(g, x, { accumulate, chunkSize: size }),
        constants,
        threads: [invocations * workgroups],
      }),
    );
  },

  gradBoth(tape, g, tensors, ofX, ofWeight) {
    const { x, weight, gradOutput } = tensors;
    const sums = weightTile(g, x);
    if (sums.invocations < LEAST_INVOCATIONS) {
      this.gradInput(tape, g, tensors, ofX);
      this.gradWeight(tape, g, tensors, ofWeight);
      return;
    }
    const result = resultTile(g, true, sums.invocations);
    sumInParts(tape, ofWeight, sums.chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_1x1_tiled_grad', {
        bind: { source: gradOutput, x, affine: affineOf(x), weight, result: ofX.grad, partials },
        params: forwardParams(g, x, { accumulate, chunkSize: sums.size }),
        constants: {
          ...{ ...result.constants, ...sums.constants, ...turnedConstants(g, x, ofX) },
          ...{ WEIGHT_WORKGROUPS: sums.workgroups, MEMORY: Math.max(result.vec4s, sums.vec4s) },
        },
        threads: [sums.invocations * (sums.workgroups + result.workgroups)],
      }),
    );
  },
};
