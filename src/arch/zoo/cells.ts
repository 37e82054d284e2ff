// The cells that the paper compares, as data. Names are those of the literature: X is the architecture as its
// authors published it, NAT_X what NAT made of it, NATv2_X what NAT++ made of it.
import type { Genotype } from '../genotype.ts';
import { genotype } from './notation.ts';

/** Found by search (Table 2 of the paper and its comparisons). */
const SEARCHED_CELLS: readonly Genotype[] = [
  // Liu et al., "DARTS", second order; the architecture that NAT transforms.
  genotype(
    'DARTS',
    'sep3@0 sep3@1 | sep3@0 sep3@1 | sep3@1 skip@0 | skip@0 dil3@2 > 2 3 4 5',
    'max3@0 max3@1 | skip@2 max3@1 | max3@0 skip@2 | skip@2 max3@1 > 2 3 4 5',
  ),
  genotype(
    'NAT_DARTS',
    'sep3@0 sep3@1 | skip@0 sep3@1 | skip@1 skip@0 | skip@0 dil3@2 > 2 3 4 5',
    'max3@0 skip@1 | skip@2 skip@1 | max3@0 null@2 | skip@2 max3@1 > 2 3 4 5',
  ),
  genotype(
    'NATv2_DARTS',
    'sep3@0 sep3@1 | null@0 skip@1 | dil3@1 skip@0 | skip@0 dil3@2 > 2 3 4 5',
    'avg3@0 max3@1 | skip@2 skip@1 | avg3@0 skip@2 | skip@2 max3@1 > 2 3 4 5',
  ),
  // First order.
  genotype(
    'DARTS_V1',
    'sep3@1 sep3@0 | skip@0 sep3@1 | skip@0 sep3@1 | sep3@0 skip@2 > 2 3 4 5',
    'max3@0 max3@1 | skip@2 max3@0 | max3@0 skip@2 | skip@2 avg3@0 > 2 3 4 5',
  ),
  // Pham et al., "ENAS": the cell of the paper's figure.
  genotype(
    'ENAS',
    'sep3@1 skip@1 | skip@0 sep5@1 | avg3@0 sep3@1 | sep3@0 avg3@1 | avg3@0 sep5@1 > 2 3 4 5 6',
    'sep5@0 avg3@1 | sep3@1 avg3@1 | avg3@1 sep3@1 | avg3@1 sep5@4 | sep5@0 sep3@5 > 2 3 6',
  ),
  genotype(
    'NAT_ENAS',
    'sep3@1 skip@1 | skip@0 sep5@1 | null@0 sep3@1 | sep3@0 avg3@1 | avg3@0 sep5@1 > 2 3 4 5 6',
    'sep5@0 avg3@1 | sep3@1 avg3@1 | avg3@1 sep3@1 | null@1 sep5@4 | sep5@0 sep3@5 > 2 3 6',
  ),
  genotype(
    'NATv2_ENAS',
    'sep3@1 null@1 | skip@0 sep5@1 | avg3@0 sep3@1 | sep3@0 avg3@1 | skip@0 sep3@1 > 2 3 4 5 6',
    'sep3@0 avg3@1 | sep3@1 avg3@1 | avg3@1 avg3@1 | avg3@1 sep5@4 | sep5@0 max3@5 > 2 3 6',
  ),
  // The fixed architecture of the ENAS code, a different cell from the figure's.
  genotype(
    'ENAS_repo',
    'avg3@0 sep3@0 | skip@0 sep5@0 | skip@0 sep5@1 | sep3@1 sep5@0 | avg3@0 sep5@1 > 2 3 4 5 6',
    'sep3@1 sep3@1 | max3@0 avg3@0 | sep5@1 sep5@3 | sep3@1 skip@0 | max3@0 sep5@1 > 2 4 5 6',
  ),
  // Luo et al., "NAO".
  genotype(
    'NAONet',
    'conv3@0 avg5@1 | conv3@1 conv1x3@2 | conv1@0 conv3@1 | conv1x3@0 conv3@4 | conv3@0 skip@1 > 3 5 6',
    'conv3@0 avg2@1 | conv1@0 avg3@0 | max2@0 conv1x7@1 | avg3@0 conv1@2 | conv3@0 max3@1 > 3 4 5 6',
  ),
  // As published. Its avg3@1 at node 2 of the reduction cell cannot come from NAONet's avg2@1 by NAT's transitions.
  genotype(
    'NAT_NAONet',
    'conv3@0 avg5@1 | null@1 conv1x3@2 | conv1@0 skip@1 | conv1x3@0 conv3@4 | conv3@0 skip@1 > 3 5 6',
    'null@0 avg3@1 | conv1@0 avg3@0 | skip@0 conv1x7@1 | avg3@0 skip@2 | conv3@0 max3@1 > 3 4 5 6',
  ),
  // As published. Its pools in place of 1x1 and 1x3-3x1 convolutions are not in NAT++'s table.
  genotype(
    'NATv2_NAONet',
    'conv3@0 avg5@1 | conv3@1 conv1x3@2 | max3@0 conv3@1 | max3@0 conv3@4 | sep3@0 skip@1 > 3 5 6',
    'conv3@0 skip@1 | avg3@0 avg3@0 | max2@0 conv1x7@1 | skip@0 skip@2 | max3@0 max3@1 > 3 4 5 6',
  ),
  // Real et al., "Regularized evolution".
  genotype(
    'AmoebaNet_A',
    'avg3@0 max3@1 | sep3@0 sep5@2 | sep3@0 avg3@3 | sep3@1 skip@1 | skip@0 avg3@1 > 4 5 6',
    'avg3@0 sep3@1 | max3@0 sep7@2 | sep7@0 avg3@1 | max3@0 max3@1 | conv1x7@0 sep3@5 > 3 4 6',
  ),
  // Liu et al., "Progressive NAS": one cell for both.
  genotype(
    'PNASNet_5',
    'sep5@0 max3@0 | sep7@1 max3@1 | sep5@1 sep3@1 | sep3@4 max3@1 | sep3@0 skip@1 > 2 3 4 5 6',
  ),
  // Zoph et al., "Learning transferable architectures".
  genotype(
    'NASNet_A',
    'sep5@1 sep3@0 | sep5@0 sep3@0 | avg3@1 skip@0 | avg3@0 avg3@0 | sep3@1 skip@1 > 2 3 4 5 6',
    'sep5@1 sep7@0 | max3@1 sep7@0 | avg3@1 sep5@0 | skip@3 avg3@2 | sep3@2 max3@1 > 4 5 6',
  ),
  // Xie et al., "SNAS", under mild and moderate resource constraints.
  genotype(
    'SNAS_mild',
    'sep3@0 sep3@1 | skip@0 dil3@1 | skip@0 skip@1 | skip@0 sep3@1 > 2 3 4 5',
    'max3@0 max3@1 | max3@1 skip@2 | max3@1 skip@2 | max3@0 dil5@2 > 2 3 4 5',
  ),
  genotype(
    'SNAS_moderate',
    'dil5@0 skip@1 | sep3@0 skip@1 | skip@0 skip@1 | sep3@0 dil5@1 > 2 3 4 5',
    'max3@0 max3@1 | sep5@0 dil5@1 | sep5@0 sep5@1 | sep5@0 sep5@0 > 2 3 4 5',
  ),
];

/** Blocks of hand-crafted networks as cells, null edges added (section 4.2 of the paper, Table 1). */
const HAND_CRAFTED_CELLS: readonly Genotype[] = [
  genotype(
    'VGG',
    'null@0 skip@1 | null@0 conv3@2 | null@0 conv3@3 | null@0 skip@4 > 5',
    'null@0 skip@1 | null@0 conv3@2 | null@0 conv3@3 | null@0 max3@4 > 5',
  ),
  genotype('NAT_VGG', 'skip@0 skip@1 | null@0 conv3@2 | null@0 conv3@3 | skip@0 skip@4 > 5'),
  genotype(
    'NATv2_VGG',
    'skip@0 skip@1 | skip@0 conv3@2 | null@0 sep3@3 | skip@0 skip@4 > 5',
    'skip@0 skip@1 | skip@0 conv3@2 | null@0 sep3@3 | skip@0 max3@4 > 5',
  ),
  genotype('ResBlock', 'null@0 skip@1 | null@0 conv3@2 | null@0 conv3@3 | skip@2 skip@4 > 5'),
  genotype('NAT_ResBlock', 'null@0 skip@1 | skip@0 conv3@2 | skip@0 conv3@3 | skip@2 skip@4 > 5'),
  genotype(
    'NATv2_ResBlock',
    'skip@0 skip@1 | skip@0 conv3@2 | skip@0 conv3@3 | skip@2 skip@4 > 5',
    'skip@0 skip@1 | skip@0 conv3@2 | skip@0 sep3@3 | skip@2 skip@4 > 5',
  ),
  genotype(
    'MobileNetV2Block',
    'null@0 conv1@1 | null@0 sep3@2 | null@0 conv1@3 | skip@1 skip@4 > 5',
    'null@0 conv1@1 | null@0 sep3@2 | null@0 conv1@3 | null@0 skip@4 > 5',
  ),
  genotype(
    'NAT_MobileNetV2Block',
    'null@0 conv1@1 | null@0 sep3@2 | skip@0 conv1@3 | skip@1 skip@4 > 5',
    'null@0 skip@1 | skip@0 sep3@2 | null@0 conv1@3 | null@0 skip@4 > 5',
  ),
  // NAT++ found NAT's result again.
  genotype(
    'NATv2_MobileNetV2Block',
    'null@0 conv1@1 | null@0 sep3@2 | skip@0 conv1@3 | skip@1 skip@4 > 5',
    'null@0 skip@1 | skip@0 sep3@2 | null@0 conv1@3 | null@0 skip@4 > 5',
  ),
];

/** The same blocks as other graphs: null edges elsewhere, convolutions at other nodes (section 4.5 of the paper). */
const OTHER_GRAPHS: readonly Genotype[] = [
  genotype(
    'VGG_2',
    'null@0 conv3@1 | null@1 conv3@2 | null@1 skip@3 | null@1 skip@4 > 5',
    'null@0 conv3@1 | null@1 conv3@2 | null@1 max3@3 | null@1 skip@4 > 5',
  ),
  genotype(
    'VGG_3',
    'null@0 skip@1 | null@1 conv3@2 | null@2 conv3@3 | null@3 skip@4 > 5',
    'null@0 skip@1 | null@1 conv3@2 | null@2 conv3@3 | null@3 max3@4 > 5',
  ),
  genotype('ResBlock_2', 'null@0 conv3@1 | null@0 conv3@2 | skip@1 skip@3 | null@0 skip@4 > 5'),
  genotype('ResBlock_3', 'null@0 skip@1 | null@1 conv3@2 | null@2 conv3@3 | skip@2 skip@4 > 5'),
];

/** Every cell of the zoo: those that searches found, the blocks of hand-crafted networks, and others. */
export const CELLS: readonly Genotype[] = [...SEARCHED_CELLS, ...HAND_CRAFTED_CELLS, ...OTHER_GRAPHS];
