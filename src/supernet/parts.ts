// Names of the parts of a program with a supernet, which its buffers and kernel calls carry: the rows of `nat plan`.
import type { Primitive } from '../arch/primitives.ts';

export const PARTS = {
  data: 'data',
  stem: 'stem',
  preprocess: 'preprocess',
  /** What stands between stages. */
  block: 'block',
  head: 'head',
  sum: 'sum',
  concat: 'concat',
  /** Adding up weight gradients that come in parts. */
  weightGradients: 'weight gradients',
  optimizer: 'optimizer',
  /** Memory of nodes and of edges, whichever operation stands on them. */
  nodes: 'nodes',
  edges: 'edges',
  /** Memory of what stands before the first cell's edges and behind the last cell. */
  ends: 'stem, preprocess and head',
  scratch: 'scratch',
} as const;

/** The part of the kernel calls of an operation, wherever it stands. */
export const edgePart = (op: Primitive): string => `edge ${op}`;
