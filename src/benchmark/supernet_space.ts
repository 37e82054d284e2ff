// The weight-sharing network of NAS-Bench-201's space: one set of weights for every operation on every edge of every
// cell of the benchmark's network.
import type { Architecture } from '../arch/genotype.ts';
import { CLASS_COUNT, IMAGE_SIZE } from '../data/cifar10.ts';
import { STAGES } from '../networks/geometry.ts';
import type { PossibleEdge, SupernetConfig } from '../supernet/model.ts';
import { GLUE_EDGES, NAT_NODES, OPERATION_PRIMITIVES, toNatCell } from './space.ts';

/** The edges of the benchmark's cells as those of NAT's, any operation on each; the other two are as they always are. */
const EDGES: readonly PossibleEdge[] = toNatCell(0).map(([op, from, to], i) => ({
  ...{ from, to, sides: [i % 2 === 0 ? 0 : 1] },
  primitives: GLUE_EDGES.includes(i) ? [op] : OPERATION_PRIMITIVES,
}));

/**
 * @param channels of the first stage: 16 in the benchmark
 * @param cells of a stage: 5 in the benchmark
 */
export const benchmarkSupernet = (channels: number, cells: number): SupernetConfig => ({
  macro: 'nasbench201',
  ...{ channels, layers: STAGES * cells, nodes: NAT_NODES, primitives: OPERATION_PRIMITIVES, edges: EDGES },
  ...{ looseEnd: false, classes: CLASS_COUNT, imageSize: IMAGE_SIZE },
});

/** The architecture of a cell, by its number: there are no reduction cells. */
export function architectureOf(cell: number): Architecture {
  const normal = toNatCell(cell);
  return { normal, reduce: normal };
}
