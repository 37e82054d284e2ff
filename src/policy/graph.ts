// Architectures as the graphs that the GCN reads: the cells go through it together, as graphs without an edge between
// them, and every edge carries an operation.
import type { Cell } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';

/** Extents of the graphs that share a pass: G cells of B intermediate nodes. */
export interface GraphSize {
  readonly graphs: number;
  readonly nodes: number;
}

/** Edges of all graphs. */
export const edgesOf = ({ graphs, nodes }: GraphSize): number => graphs * 2 * nodes;

/** Rows of the feature matrix: the 2G input nodes first, then the intermediate nodes, graph after graph. */
export const verticesOf = ({ graphs, nodes }: GraphSize): number => graphs * (nodes + 2);

/** The feature row of a node of a graph. */
export function vertexOf({ graphs, nodes }: GraphSize, graph: number, node: number): number {
  return node < 2 ? 2 * graph + node : 2 * graphs + graph * nodes + node - 2;
}

/** Primitive index of every edge, in order of graph and edge. */
export const operationsOf = (
  cells: readonly Cell[],
  primitives: readonly Primitive[],
): Int32Array<ArrayBuffer> => Int32Array.from(cells.flat(), ([op]) => primitives.indexOf(op));
