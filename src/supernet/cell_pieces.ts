// The pieces of a cell that an architecture chooses: operations on edges, nodes as sums, the output.
import { concat, recordZeros } from '../ops/elementwise/concat.ts';
import type { Tensor } from '../core/tensor.ts';
import { edgeIndex } from '../arch/search_space.ts';
import { BOTH, rawPlace, recordNormalisationGrad, recordSumOf, type Side } from './normalised_pair.ts';
import { edgePart, PARTS } from './parts.ts';
import {
  edgeName,
  nodeName,
  outputName,
  type Piece,
  type PieceContext,
  pieceTape,
  requirePlace,
  takeForwardAndBackward,
} from './piece.ts';

/** Where an operation stands. */
export interface EdgePlace {
  /** The cell. */
  readonly c: number;
  readonly to: number;
  /** Whether it is the first or the second edge of node `to`. */
  readonly side: Side;
  readonly from: number;
  /** Index of the operation. */
  readonly primitive: number;
}

/**
 * What an edge adds to its node: a result that is to be normalised, which may come with the moments of its chunks, a
 * result as it is, the node of that number, or nothing.
 */
export type SumTerm = 'norm' | 'norm with moments' | 'as it is' | number | null;

/** An operation on an edge. */
export function recordEdge(context: PieceContext, { c, to, side, from, primitive }: EdgePlace): Piece {
  const memory = context.memory.cells[c]!;
  const source = memory.nodes[from]!;
  const pair = memory.edges[to - 2]!;
  const operation = context.model.cells[c]!.operations[edgeIndex(from, to)]![primitive]!;
  const sums = context.memory.sumsOf(c).begin(edgeName(c, to, side));
  const kept = memory.kept[to - 2]![side];
  kept.reset();
  const part = edgePart(context.model.config.primitives[primitive]!);
  const tape = pieceTape(context, part, sums, kept);
  const names = { reads: [nodeName(c, from)], writes: [edgeName(c, to, side)] };
  if (operation.kind !== 'compute') {
    // An identity hands the gradient of the node on; null hands on nothing.
    if (operation.kind === 'identity') tape.passGrad(source, memory.nodes[to]!.grad!);
    return { forward: [], backward: tape.take(), rows: [], ...names };
  }
  const result = operation.raw(tape, source, rawPlace(pair, side));
  requirePlace(result, pair.raw[side], part);
  const leavesMoments = result.chunkMoments !== undefined;
  const grad = operation.normalised ? pair.rawGrad[side] : memory.nodes[to]!.grad!;
  const recorded = takeForwardAndBackward(tape, () => tape.seed(result, grad));
  return { ...recorded, rows: sums.rows, ...names, leavesMoments };
}

/**
 * A node as the sum of its edges: a result, normalised here or not, the node that an identity passes on, or nothing.
 * Backward, edges find the gradients of results that are normalised; all others read that of the node.
 */
export function recordSum(
  context: PieceContext,
  c: number,
  to: number,
  terms: readonly [SumTerm, SumTerm],
): Piece {
  const { nodes, edges } = context.memory.cells[c]!;
  const withMoments = BOTH.filter((side) => terms[side] === 'norm with moments');
  const sides = BOTH.filter((side) => terms[side] === 'norm' || withMoments.includes(side));
  const tape = pieceTape(context, PARTS.sum);
  const summed = BOTH.flatMap((side): (Side | Tensor)[] => {
    const term = terms[side];
    if (typeof term === 'number') return [nodes[term]!];
    if (term === 'as it is') return [edges[to - 2]!.raw[side]];
    return sides.includes(side) ? [side] : [];
  });
  recordSumOf(tape, edges[to - 2]!, summed, withMoments, nodes[to]!);
  const forward = tape.take();
  recordNormalisationGrad(tape, edges[to - 2]!, sides, [nodes[to]!.grad!]);
  const identities = terms.flatMap((term) => (typeof term === 'number' ? [nodeName(c, term)] : []));
  const reads = [edgeName(c, to, 0), edgeName(c, to, 1), ...identities];
  return { forward, backward: tape.take(), rows: [], reads, writes: [nodeName(c, to)] };
}

/** The cell's output. `kept` lists the nodes that are not multiplied by 0; none listed means all. */
export function recordConcatenation(context: PieceContext, c: number, kept: readonly number[]): Piece {
  const { nodes, output } = context.memory.cells[c]!;
  const tape = pieceTape(context, PARTS.concat);
  const inputs = nodes.slice(2).map(({ grad, ...node }) => {
    tape.direct(node, grad!);
    return node;
  });
  const mask = inputs.map((_, i) => kept.length === 0 || kept.includes(i + 2));
  const named = Object.fromEntries(inputs.map((x, i) => [`x${i}`, x]));
  // Edges add to the gradients of the cell's inputs, which begin at zero here.
  const alsoZero = nodes.slice(0, 2).map((input) => input.grad!);
  const y = tape.apply(concat, named, { mask, alsoZero }, output);
  const reads = inputs.map((_, i) => nodeName(c, i + 2));
  const names = { reads, writes: [outputName(c)] };
  return { ...takeForwardAndBackward(tape, () => tape.seed(y, output.grad!)), rows: [], ...names };
}

/**
 * The last node as the cell's output. Backward, its gradient is that of the output, and those that edges add to begin at
 * zero here.
 */
export function recordLastNode(context: PieceContext, c: number): Piece {
  const { nodes } = context.memory.cells[c]!;
  const tape = pieceTape(context, PARTS.concat);
  const others = new Set(nodes.slice(0, -1).map(({ grad }) => grad!));
  recordZeros(tape, [...others], nodes.at(-1)!.grad!);
  const names = { reads: [nodeName(c, nodes.length - 1)], writes: [outputName(c)] };
  return { forward: [], backward: tape.take(), rows: [], ...names };
}
