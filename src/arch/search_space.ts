// The space that the search draws from: cells of B intermediate nodes over a list of primitives. An edge of a
// sampled cell takes its source uniformly among the earlier nodes and its operation uniformly among all but null
// (p(beta) in section 3.2 of the paper). Also: the numbers that name edges and operations in the shared
// weights, and which architectures a space can express.
import { UserError } from '../../runtime/errors.ts';
import type { Rng } from '../core/rng.ts';
import { type Architecture, CELL_KINDS, type Cell, type Edge, type Genotype, nodeCount } from './genotype.ts';
import type { Primitive } from './primitives.ts';

/** Cells that can be drawn: how many nodes they have, and what may stand on their edges. */
export interface SearchSpace {
  /** B, the number of intermediate nodes of a cell. */
  readonly nodes: number;
  readonly primitives: readonly Primitive[];
}

/** A cell drawn uniformly; per edge, the source is drawn before the operation. */
export function sampleCell(space: SearchSpace, rng: Rng): Cell {
  const ops = space.primitives.filter((op) => op !== 'null');
  return Array.from({ length: 2 * space.nodes }, (_, i): Edge => {
    const to = (i >> 1) + 2;
    const from = rng.int(to);
    return [ops[rng.int(ops.length)], from, to];
  });
}

/** A pair of cells drawn uniformly and independently, the normal cell first. */
export function sampleArchitecture(space: SearchSpace, rng: Rng): Architecture {
  return { normal: sampleCell(space, rng), reduce: sampleCell(space, rng) };
}

/** An edge with its operation as an index into a list of primitives. */
export type IndexedEdge = readonly [op: number, from: number, to: number];

/** Throws UserError where an operation is not in the list. */
export function cellToIndices(cell: Cell, primitives: readonly Primitive[]): IndexedEdge[] {
  return cell.map(([op, from, to]) => {
    const index = primitives.indexOf(op);
    if (index < 0) throw new UserError(`operation ${op} is not in this list: ${primitives.join(', ')}`);
    return [index, from, to];
  });
}

/** Throws UserError where an index is not in the list. */
export function cellFromIndices(edges: readonly IndexedEdge[], primitives: readonly Primitive[]): Cell {
  return edges.map(([index, from, to]) => {
    const op = primitives[index];
    if (op === undefined) {
      throw new UserError(
        `operation index ${index}: expected 0 to ${primitives.length - 1} (edge ${from} -> ${to})`,
      );
    }
    return [op, from, to];
  });
}

/** The number of a possible edge (from, to) in a cell: (to - 2)(to + 1) / 2 + from. Shared weights are kept by it. */
export function edgeIndex(from: number, to: number): number {
  return ((to - 2) * (to + 1)) / 2 + from;
}

/** The operations of an architecture that a list of primitives lacks, each once, in order of appearance. */
export function missingOps(architecture: Architecture, primitives: readonly Primitive[]): Primitive[] {
  const ops = CELL_KINDS.flatMap((kind) => architecture[kind].map(([op]) => op));
  return [...new Set(ops)].filter((op) => !primitives.includes(op));
}

/**
 * Throws UserError, naming what does not fit, unless the search space holds the genotype, so that shared weights and a
 * policy of that space can take it. Edges and operations count; concat lists do not, since the supernet has its own rule
 * for a cell's output.
 */
export function requireExpressible(genotype: Genotype, space: SearchSpace): void {
  const name = genotype.name ?? 'the architecture';
  const missing = missingOps(genotype, space.primitives);
  if (missing.length > 0) {
    throw new UserError(
      `${name} uses ${missing.join(', ')}, which this search space lacks; ` +
        `expected only ${space.primitives.join(', ')}`,
    );
  }
  const nodes = nodeCount(genotype.normal);
  if (nodes !== space.nodes) {
    throw new UserError(
      `${name} has ${nodes} intermediate nodes, but this search space has ${space.nodes}; ` +
        `search with --nodes ${nodes}`,
    );
  }
}
