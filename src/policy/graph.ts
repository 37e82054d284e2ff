// Architectures as the graph that the GCN reads: operation indices on the edges, adjacency A[t][f] = number of
// edges from f to t (two edges of one source add to 2). The normal and the reduction cell go through the policy
// together, as two graphs without an edge between them.
import type { Cell } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';

/** Extents of the graphs that share a pass: G cells of B intermediate nodes. */
export interface GraphSize {
  readonly graphs: number;
  readonly nodes: number;
}

/** Edges of all graphs; each is an entry of the adjacency matrix. */
export const edgesOf = ({ graphs, nodes }: GraphSize): number => graphs * 2 * nodes;

/** Rows of the feature matrix: the 2G input nodes first, then the intermediate nodes, graph after graph. */
export const verticesOf = ({ graphs, nodes }: GraphSize): number => graphs * (nodes + 2);

/** What changes from one architecture to the next, as the kernels read it. */
export interface Graph {
  /** Primitive index of every edge, in order of graph and edge. */
  readonly operations: Int32Array<ArrayBuffer>;
  /** CSR of A: columns; every intermediate node has two entries, so the row pointers never change. */
  readonly columns: Int32Array<ArrayBuffer>;
  /** CSR of A transposed, for the gradient. */
  readonly transposedPointers: Int32Array<ArrayBuffer>;
  readonly transposedColumns: Int32Array<ArrayBuffer>;
}

/** The row pointers of A: input nodes have no entries, intermediate nodes two each. */
export function rowPointers(size: GraphSize): Int32Array<ArrayBuffer> {
  const inputNodes = 2 * size.graphs;
  return Int32Array.from({ length: verticesOf(size) + 1 }, (_, row) => 2 * Math.max(0, row - inputNodes));
}

/** The feature row of a node of a graph. */
export function vertexOf({ graphs, nodes }: GraphSize, graph: number, node: number): number {
  return node < 2 ? 2 * graph + node : 2 * graphs + graph * nodes + node - 2;
}

/** The graph of cells; `size` says how many cells of how many nodes. */
export function graphOf(size: GraphSize, cells: readonly Cell[], primitives: readonly Primitive[]): Graph {
  const operations = new Int32Array(edgesOf(size));
  const columns = new Int32Array(edgesOf(size));
  const transposedPointers = new Int32Array(verticesOf(size) + 1);
  const transposedColumns = new Int32Array(edgesOf(size));
  cells.forEach((cell, graph) =>
    cell.forEach(([op, from], i) => {
      const edge = graph * 2 * size.nodes + i;
      operations[edge] = primitives.indexOf(op);
      columns[edge] = vertexOf(size, graph, from);
    }),
  );
  // Counting sort by column: first the counts, then their running sum, then the rows in order.
  for (const column of columns) transposedPointers[column + 1]!++;
  for (let v = 1; v < transposedPointers.length; v++) transposedPointers[v]! += transposedPointers[v - 1]!;
  const firstRow = 2 * size.graphs;
  for (let edge = columns.length - 1; edge >= 0; edge--) {
    // Walking backwards and filling each column from its end keeps rows in ascending order.
    const column = columns[edge]!;
    transposedColumns[--transposedPointers[column + 1]!] = firstRow + (edge >> 1);
  }
  // The pointers of column c have come down to its start, which is where those of column c - 1 end.
  for (let v = 0; v + 1 < transposedPointers.length; v++) transposedPointers[v] = transposedPointers[v + 1]!;
  transposedPointers[transposedPointers.length - 1] = columns.length;
  return { operations, columns, transposedPointers, transposedColumns };
}
