// Weight gradients of 1x1 convolutions of stride 1 on GPUs, the planes being whole vec4s: matrix products by tiles as
// wide as the channels.
import {
  type ConvFamily,
  affineOf,
  chunkSize,
  evenTile,
  powerOfTwoUpTo,
  sumInParts,
  WORKGROUP_MEMORY,
} from './conv_family.ts';
import { conv1x1 } from './conv_1x1.ts';
import { type ConvGeometry, forwardParams } from './conv_geometry.ts';
import { tiledConv } from './conv_tiled.ts';

/** Workgroups wanted for a sum: two for every core of a large GPU, as long as each has so many vec4s to sum. */
const WORKGROUPS = 264;
const LEAST_QUADS = 16;

/** Most vec4s of a channel in workgroup memory, and of invocations in a workgroup. */
const MOST_DEPTH = 16;
const INVOCATIONS = 128;

/** The largest power of 2 that divides n. */
const powerOfTwoIn = (n: number): number => n & -n;

/** How a weight gradient's work is laid out: see the kernel's constants. */
function gradWeightTile(g: ConvGeometry) {
  const side = g.outChannels % 5 === 0 ? 5 : 4;
  const outputs = evenTile(g.outChannels, side, 8 * side);
  const inputs = evenTile(g.inChannels, side, 8 * side);
  const blocks = (outputs / side) * (inputs / side);
  const slices = powerOfTwoUpTo(Math.min(MOST_DEPTH, INVOCATIONS / blocks));
  const invocations = blocks * slices;
  const bytes = (depth: number): number => 16 * (outputs + inputs) * (depth + 1) + 4 * invocations * side;
  let depth = Math.min(MOST_DEPTH, slices * powerOfTwoIn(blocks));
  while (depth > slices && bytes(depth) > WORKGROUP_MEMORY) depth /= 2;
  return { side, outputs, inputs, slices, invocations, depth };
}

export const tiled1x1Conv: ConvFamily = {
  ...tiledConv,
  fits: conv1x1.fits,

  gradWeight(tape, g, { x, gradOutput }, target) {
    const plane = (g.height * g.width) / 4;
    const { side, outputs, inputs, slices, invocations, depth } = gradWeightTile(g);
    const tiles = Math.ceil(g.outChannels / outputs) * Math.ceil(g.inChannels / inputs);
    const size = chunkSize(g.batch * plane, tiles, LEAST_QUADS, WORKGROUPS);
    const chunks = Math.ceil((g.batch * plane) / size);
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_1x1_tiled_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: forwardParams(g, x, { accumulate, chunkSize: size }),
        constants: {
          ...{ CHANNELS_IN: g.inChannels, CHANNELS_OUT: g.outChannels, PLANE: plane },
          ...{ PLAIN: Number(!x.affine && !g.relu), OUTPUTS: outputs, INPUTS: inputs },
          ...{ SIDE: side, SLICES: slices, INVOCATIONS: invocations, DEPTH: depth, PITCH: depth + 1 },
        },
        threads: [invocations * tiles * chunks],
      }),
    );
  },
};
