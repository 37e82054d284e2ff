// Which kernels compute a convolution.
import { type KernelForm, kernelForm } from '../../../runtime/engine/adapter_info.ts';
import type { GradTargets } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { tileChunks } from '../norm/batch_chunks.ts';
import { canDefer, recordCombination } from '../norm/batch_norm_kernels.ts';
import { conv1x1 } from './conv_1x1.ts';
import { conv1x1Stride2 } from './conv_1x1_stride2.ts';
import { conv3x3 } from './conv_3x3.ts';
import { depthwiseConv, depthwiseOnGpu, depthwiseRowsConv, depthwiseStride2Conv } from './conv_depthwise.ts';
import type { ConvFamily, ConvTensors } from './conv_family.ts';
import { generalConv } from './conv_general.ts';
import type { Conv2dAttrs, ConvGeometry } from './conv_geometry.ts';
import { tiledConv } from './conv_tiled.ts';
import { tiled1x1Conv } from './conv_tiled_1x1.ts';
import { tiled3x3Conv } from './conv_tiled_3x3.ts';

/** From the most special to the general; the first that fits computes a convolution. */
const FAMILIES: Readonly<Record<KernelForm, readonly ConvFamily[]>> = {
  registers: [
    ...[depthwiseRowsConv, depthwiseStride2Conv, depthwiseConv],
    ...[conv1x1, conv1x1Stride2, conv3x3, generalConv],
  ],
  tiled: [...depthwiseOnGpu, tiled1x1Conv, tiled3x3Conv, tiledConv],
};

/** The kernels for this convolution on the tape's adapter. */
const convFamily = (tape: Recorder, geometry: ConvGeometry): ConvFamily =>
  FAMILIES[kernelForm(tape.engine.kind)].find((family) => family.fits(geometry))!;

/**
 * Records the forward pass into `y` and returns it. Where a batch norm with the statistics of the batch follows
 * and the kernel can do that norm's first stage, its result comes with the output.
 * @param into the tensor that y was asked to fill, which may bring memory for that result
 */
export function recordConvForward(
  tape: Recorder,
  g: ConvGeometry,
  { x, weight, y }: { readonly x: Tensor; readonly weight: Tensor; readonly y: Tensor },
  into: Tensor | null,
  { normalised = false, keepsMoments = false }: Pick<Conv2dAttrs, 'normalised' | 'keepsMoments'>,
): Tensor {
  const family = convFamily(tape, g);
  if (x.uncombined) {
    if (family.forwardCombining) {
      family.forwardCombining(tape, g, x, x.uncombined, weight, y);
      return y;
    }
    recordCombination(tape, x, x.uncombined);
  }
  const chunks = tileChunks(tape.engine.kind, y);
  const leavesMoments = normalised && tape.batchStatistics && chunks && family.leavesMoments(g);
  const home = keepsMoments && canDefer(tape.engine, y) ? 'alloc' : 'scratch';
  const moments = leavesMoments
    ? (into?.chunkMoments ?? tape[home]('chunk moments', [chunks.channels, chunks.chunks, 2]))
    : null;
  family.forward(tape, g, x, weight, y, moments);
  return moments ? { ...y, chunkMoments: moments } : y;
}

/** Records the gradients that are wanted. */
export function recordConvBackward(
  tape: Recorder,
  g: ConvGeometry,
  tensors: ConvTensors,
  { x, weight }: GradTargets<'x' | 'weight'>,
): void {
  const family = convFamily(tape, g);
  if (x && weight && family.gradBoth) return family.gradBoth(tape, g, tensors, x, weight);
  if (x) family.gradInput(tape, g, tensors, x);
  if (weight) family.gradWeight(tape, g, tensors, weight);
}
