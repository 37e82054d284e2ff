// The adjacency matrix that the graph convolutions multiply by, of graphs that share a pass without an edge between
// them. A[t][f] is the number of edges from f to t: the two edges of a node that leave one source add to 2.
import type { Cell } from '../arch/genotype.ts';
import { cooToCsr, type SparseArrays } from '../ops/matmul/csr.ts';
import { edgesOf, type GraphSize, vertexOf, verticesOf } from './graph.ts';

/**
 * `paper`: A, as in the authors' code. `self-loops`: A + I. `symmetric`: D^-1/2 (A + A^T + I) D^-1/2, where D holds the
 * sums of the rows of what it stands around (Kipf and Welling, ICLR 2017).
 */
export const ADJACENCIES = ['paper', 'self-loops', 'symmetric'] as const;

export type AdjacencyKind = (typeof ADJACENCIES)[number];

export interface Adjacency {
  readonly kind: AdjacencyKind;
  /** Divides every row by its sum; `symmetric` is normalised already and stays as it is. */
  readonly normalizeRows: boolean;
}

export const PAPER_ADJACENCY: Adjacency = { kind: 'paper', normalizeRows: false };

/** Entries of the matrix of any cells; those of one place are kept apart, so that their number never changes. */
export function entriesOf(kind: AdjacencyKind, size: GraphSize): number {
  const [edges, vertices] = [edgesOf(size), verticesOf(size)];
  return { paper: edges, 'self-loops': edges + vertices, symmetric: 2 * edges + vertices }[kind];
}

/** The matrix of cells and its transpose; `size` says how many cells of how many nodes. */
export function adjacencyOf(
  { kind, normalizeRows }: Adjacency,
  size: GraphSize,
  cells: readonly Cell[],
): SparseArrays {
  const vertices = verticesOf(size);
  const count = entriesOf(kind, size);
  const indices = new Int32Array(2 * count);
  const [rows, columns] = [indices.subarray(0, count), indices.subarray(count)];
  let entries = 0;
  const add = (row: number, column: number): void => {
    rows[entries] = row;
    columns[entries++] = column;
  };
  cells.forEach((cell, graph) =>
    cell.forEach(([, from, to]) => add(vertexOf(size, graph, to), vertexOf(size, graph, from))),
  );
  if (kind === 'symmetric') {
    for (let edge = 0; edge < edgesOf(size); edge++) add(columns[edge]!, rows[edge]!);
  }
  if (kind !== 'paper') for (let vertex = 0; vertex < vertices; vertex++) add(vertex, vertex);

  const sums = new Int32Array(vertices);
  for (const row of rows) sums[row]!++;
  const value = (entry: number): number => {
    const sum = sums[rows[entry]!]!;
    if (kind === 'symmetric') return 1 / Math.sqrt(sum * sums[columns[entry]!]!);
    return normalizeRows ? 1 / sum : 1;
  };
  return cooToCsr(
    indices,
    Float32Array.from({ length: count }, (_, entry) => value(entry)),
    vertices,
    vertices,
  );
}
