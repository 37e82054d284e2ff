// What an architecture is: a normal and a reduction cell, each a list of edges, and which nodes a cell's output
// concatenates. Node 0 is the output of the cell before the previous one, node 1 of the previous one; nodes 2 and
// up are intermediate, and each is the sum of exactly two incoming edges. The search and derive work on the edges;
// the concat lists stay with the genotype and matter to the network that is built from it.
import type { Primitive } from './primitives.ts';

/** An operation, the node that it reads (0 and 1 are the inputs of the cell), and the node that it goes to. */
export type Edge = readonly [op: Primitive, from: number, to: number];

/** Two edges for each intermediate node, in order of the node: edges 2i and 2i + 1 go to node i + 2. */
export type Cell = readonly Edge[];

export type CellKind = 'normal' | 'reduce';

export const CELL_KINDS: readonly CellKind[] = ['normal', 'reduce'];

/** What the search samples and transforms: the edges alone. */
export interface Architecture {
  readonly normal: Cell;
  readonly reduce: Cell;
}

/** What a network is built from. */
export interface Genotype extends Architecture {
  readonly name?: string;
  readonly normalConcat: readonly number[];
  readonly reduceConcat: readonly number[];
}

/** The number of intermediate nodes of a cell. */
export function nodeCount(cell: Cell): number {
  return cell.length / 2;
}

/** The concat of LOOSE_END cells: the intermediate nodes that no edge leaves, a null edge counting as an edge. */
export function looseEnds(cell: Cell): number[] {
  const sources = new Set(cell.map(([, from]) => from));
  return intermediateNodes(cell).filter((node) => !sources.has(node));
}

/** The concat of FULLY_CONCAT cells: 2, 3, ..., B + 1. */
export function intermediateNodes(cell: Cell): number[] {
  return Array.from({ length: nodeCount(cell) }, (_, i) => i + 2);
}

/** The architecture with those outputs that a supernet gives its cells: loose ends, or all intermediate nodes. */
export function withOutputs({ normal, reduce }: Architecture, looseEnd: boolean): Genotype {
  const concat = (cell: Cell): number[] => (looseEnd ? looseEnds(cell) : intermediateNodes(cell));
  return { normal, reduce, normalConcat: concat(normal), reduceConcat: concat(reduce) };
}
