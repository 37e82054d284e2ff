// Which kernels compute a convolution.
import { type KernelForm, kernelForm } from '../../runtime/adapter_info.ts';
import type { Tape } from '../tape.ts';
import { conv1x1 } from './conv_1x1.ts';
import { conv3x3 } from './conv_3x3.ts';
import { depthwiseConv, depthwiseOnGpu, depthwiseRowsConv } from './conv_depthwise.ts';
import type { ConvFamily } from './conv_family.ts';
import { generalConv } from './conv_general.ts';
import type { ConvGeometry } from './conv_geometry.ts';
import { tiledConv } from './conv_tiled.ts';

/** From the most special to the general; the first that fits computes a convolution. */
const FAMILIES: Readonly<Record<KernelForm, readonly ConvFamily[]>> = {
  registers: [depthwiseRowsConv, depthwiseConv, conv1x1, conv3x3, generalConv],
  tiled: [...depthwiseOnGpu, tiledConv],
};

/** The kernels for this convolution on the tape's adapter. */
export const convFamily = (tape: Tape, geometry: ConvGeometry): ConvFamily =>
  FAMILIES[kernelForm(tape.engine.kind)].find((family) => family.fits(geometry))!;
