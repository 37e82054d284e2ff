// An architecture of the tiny search's space, with operations of every kind, that policies and shared weights are asked
// about.
import type { Architecture } from '../../src/arch/genotype.ts';

export const TINY_ARCHITECTURE: Architecture = {
  normal: [
    ['sep_conv_3x3', 0, 2],
    ['skip_connect', 1, 2],
    ['max_pool_3x3', 2, 3],
    ['dil_conv_3x3', 0, 3],
  ],
  reduce: [
    ['avg_pool_3x3', 0, 2],
    ['sep_conv_5x5', 1, 2],
    ['null', 2, 3],
    ['skip_connect', 1, 3],
  ],
};
