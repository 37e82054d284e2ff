// The adjacency matrix that the graph convolutions multiply by, of graphs that share a pass without an edge between
// them. A[t][f] is the number of edges from f to t: the two edges of a node that leave one source add to 2.
import type { Cell } from '../arch/genotype.ts';
import { cooToCsr, type SparseArrays } from '../ops/matmul/csr.ts';
import { edgesOf, type GraphSize, vertexOf, verticesOf } from './graph.ts';

/**
 * `paper`: A, as in the authors' code. `self-loops`: A + I. `symmetric`: D^-1/2 (A + A^T + I) D^-1/2, where D holds the
 * sums of the rows of what it stands around (Kipf and Welling, ICLR 2017). `directed`: the vertex itself, the mean of
 * what enters it and the mean of where it leads, apart, so that each has weights of its own.
 */
export const ADJACENCIES = ['paper', 'self-loops', 'symmetric', 'directed'] as const;

/** How the graph of a cell becomes the matrix that a policy sees. */
export type AdjacencyKind = (typeof ADJACENCIES)[number];

/** The matrix that a policy sees of a cell. */
export interface Adjacency {
  readonly kind: AdjacencyKind;
  /** Divides every row by its sum; `symmetric` and `directed` are normalised already and stay as they are. */
  readonly normalizeRows: boolean;
}

export const PAPER_ADJACENCY: Adjacency = { kind: 'paper', normalizeRows: false };

/** What a graph convolution gathers for a vertex, each with weights of its own. */
export const gatheredBy = (kind: AdjacencyKind): number => (kind === 'directed' ? 3 : 1);

/** Entries of the matrix of any cells; those of one place are kept apart, so that their number never changes. */
export function entriesOf(kind: AdjacencyKind, size: GraphSize): number {
  const [edges, vertices] = [edgesOf(size), verticesOf(size)];
  const both = 2 * edges + vertices;
  return { paper: edges, 'self-loops': edges + vertices, symmetric: both, directed: both }[kind];
}

/**
 * The matrix of cells and its transpose; `size` says how many cells of how many nodes. A row for every vertex, or
 * several in succession (`gatheredBy`): `directed` has the vertex itself, what enters it, where it leads.
 */
export function adjacencyOf(
  { kind, normalizeRows }: Adjacency,
  size: GraphSize,
  cells: readonly Cell[],
): SparseArrays {
  const vertices = verticesOf(size);
  const [count, gathered] = [entriesOf(kind, size), gatheredBy(kind)];
  const indices = new Int32Array(2 * count);
  const [rows, columns] = [indices.subarray(0, count), indices.subarray(count)];
  let entries = 0;
  const add = (row: number, column: number): void => {
    rows[entries] = row;
    columns[entries++] = column;
  };
  const [enters, leads] = kind === 'directed' ? [1, 2] : [0, 0];
  cells.forEach((cell, graph) =>
    cell.forEach(([, from, to]) =>
      add(gathered * vertexOf(size, graph, to) + enters, vertexOf(size, graph, from)),
    ),
  );
  if (kind === 'symmetric' || kind === 'directed') {
    cells.forEach((cell, graph) =>
      cell.forEach(([, from, to]) =>
        add(gathered * vertexOf(size, graph, from) + leads, vertexOf(size, graph, to)),
      ),
    );
  }
  if (kind !== 'paper') for (let vertex = 0; vertex < vertices; vertex++) add(gathered * vertex, vertex);

  const sums = new Int32Array(gathered * vertices);
  for (const row of rows) sums[row]!++;
  const value = (entry: number): number => {
    const sum = sums[rows[entry]!]!;
    if (kind === 'symmetric') return 1 / Math.sqrt(sum * sums[columns[entry]!]!);
    return normalizeRows || kind === 'directed' ? 1 / sum : 1;
  };
  return cooToCsr(
    indices,
    Float32Array.from({ length: count }, (_, entry) => value(entry)),
    gathered * vertices,
    vertices,
  );
}
