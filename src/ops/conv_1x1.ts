// 1x1 convolutions, also in the form of the factorized reduce: two of stride 2 whose windows differ by one pixel.
import { type ConvFamily, affineOf, sumInChunks } from './conv_family.ts';
import type { ConvGeometry } from './conv_geometry.ts';
import type { Tensor } from '../tensor.ts';

export interface Conv1x1Geometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly height: number;
  readonly width: number;
  readonly outChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly strideH: number;
  readonly strideW: number;
  /** Equal parts of the output channels; part k reads pixel (strideH i + offsetH + k, strideW j + offsetW + k). */
  readonly halves: 1 | 2;
  readonly offsetH: number;
  readonly offsetW: number;
  readonly relu: boolean;
}

/** True if a `conv2d` is one that these kernels compute. */
export const is1x1 = (g: ConvGeometry): boolean =>
  g.kernelH === 1 && g.kernelW === 1 && g.padH === 0 && g.padW === 0 && g.groups === 1;

/** A plain 1x1 convolution. */
export const conv1x1Geometry = (g: ConvGeometry): Conv1x1Geometry => ({
  ...g,
  halves: 1,
  offsetH: 0,
  offsetW: 0,
});

function params(
  g: Conv1x1Geometry,
  x: Tensor,
  more: { accumulate?: boolean; chunks?: number; chunkPixels?: number } = {},
): Record<string, number> {
  return {
    batch: g.batch,
    in_channels: g.inChannels,
    height: g.height,
    width: g.width,
    out_channels: g.outChannels,
    out_height: g.outHeight,
    out_width: g.outWidth,
    stride_h: g.strideH,
    stride_w: g.strideW,
    halves: g.halves,
    offset_h: g.offsetH,
    offset_w: g.offsetW,
    has_affine: x.affine ? 1 : 0,
    relu: g.relu ? 1 : 0,
    accumulate: more.accumulate ? 1 : 0,
    chunks: more.chunks ?? 1,
    chunk_pixels: more.chunkPixels ?? 0,
  };
}

export const conv1x1: ConvFamily<Conv1x1Geometry> = {
  forward(tape, g, x, weight, y) {
    const pixels = g.outHeight * g.outWidth;
    tape.dispatch('conv2d_1x1', {
      bind: { x, affine: affineOf(x), weight, y },
      params: params(g, x),
      threads: [Math.ceil(pixels / 4), g.halves * Math.ceil(g.outChannels / g.halves / 4), g.batch],
      madds: g.batch * pixels * g.outChannels * g.inChannels,
    });
  },

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    tape.dispatch('conv2d_1x1_grad_input', {
      bind: { x, affine: affineOf(x), weight, grad_output: gradOutput, grad_input: grad },
      params: params(g, x, { accumulate }),
      threads: [Math.ceil((g.height * g.width) / 4), Math.ceil(g.inChannels / 4), g.batch],
    });
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    const pixels = g.batch * g.outHeight * g.outWidth;
    const chunkPixels = Math.max(64, 4 * Math.ceil(pixels / 4 / 64));
    const chunks = Math.ceil(pixels / chunkPixels);
    sumInChunks(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('conv2d_1x1_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: params(g, x, { accumulate, chunks, chunkPixels }),
        threads: [g.outChannels * Math.ceil(g.inChannels / 4), chunks],
      }),
    );
  },
};
