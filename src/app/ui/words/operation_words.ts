// What every operation does, in a line.
import type { Primitive } from '../../../arch/primitives.ts';

const pooling = (kind: string, size: number): string =>
  `The ${kind} of ${size} by ${size} neighbouring pixels.`;
const separable = (size: number): string =>
  `Depthwise separable convolution, ${size} by ${size}: each channel for itself, then all channels mixed; twice.`;
const dilated = (size: number): string =>
  `Dilated separable convolution, ${size} by ${size}: as the separable one, once, over every second pixel.`;
const plain = (size: number): string => `Convolution, ${size} by ${size}, over all channels.`;
const factorized = (size: number): string =>
  `Convolution along the row, then along the column: 1 by ${size}, ${size} by 1.`;

export const OPERATION_WORDS: Readonly<Record<string, string>> = {
  max_pool_2x2: pooling('largest', 2),
  max_pool_3x3: pooling('largest', 3),
  max_pool_5x5: pooling('largest', 5),
  avg_pool_2x2: pooling('mean', 2),
  avg_pool_3x3: pooling('mean', 3),
  avg_pool_5x5: pooling('mean', 5),
  skip_connect: 'Skip connection: passes its input on as it is.',
  sep_conv_3x3: separable(3),
  sep_conv_5x5: separable(5),
  sep_conv_7x7: separable(7),
  dil_conv_3x3: dilated(3),
  dil_conv_5x5: dilated(5),
  conv_1x1: 'Convolution of single pixels: mixes the channels.',
  conv_3x3: plain(3),
  conv_5x5: plain(5),
  conv_1x3_3x1: factorized(3),
  conv_1x7_7x1: factorized(7),
  null: 'Nothing: no operation stands here any more.',
} satisfies Record<Primitive, string>;
