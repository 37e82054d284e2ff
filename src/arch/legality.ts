// Whether one architecture can come from another by a table's transitions: the graphs are the same (nodes, sources,
// concat lists) and every edge's operation made an allowed move. The two edges of a node have no order of their own,
// so they are paired in the way that breaks fewest rules.
import { CELL_KINDS, type CellKind, type Edge, type Genotype, nodeCount } from './genotype.ts';
import type { Primitive } from './primitives.ts';
import { type TransitionTable, allowedTargets, isLegal } from './transitions.ts';

/** A difference of the graph. */
export interface GraphViolation {
  readonly cell: CellKind;
  readonly kind: 'graph';
  readonly message: string;
}

/** An operation that became what it must not. */
export interface TransitionViolation {
  readonly cell: CellKind;
  readonly kind: 'transition';
  readonly message: string;
  readonly from: number;
  readonly to: number;
  readonly before: Primitive;
  readonly after: Primitive;
}

export type Violation = GraphViolation | TransitionViolation;

/** Everything that keeps `after` from being a transformation of `before`; empty if it is one. */
export function findViolations(before: Genotype, after: Genotype, table: TransitionTable): Violation[] {
  return CELL_KINDS.flatMap((cell) => [
    ...cellViolations(before, after, cell, table),
    ...concatViolations(before, after, cell),
  ]);
}

function cellViolations(
  before: Genotype,
  after: Genotype,
  cell: CellKind,
  table: TransitionTable,
): Violation[] {
  const nodes = nodeCount(before[cell]);
  if (nodes !== nodeCount(after[cell])) {
    return [
      {
        cell,
        kind: 'graph',
        message: `${cell}: ${nodes} nodes before, ${nodeCount(after[cell])} nodes after`,
      },
    ];
  }
  return Array.from({ length: nodes }, (_, i) => {
    const [a, b] = before[cell].slice(2 * i, 2 * i + 2);
    const [c, d] = after[cell].slice(2 * i, 2 * i + 2);
    return nodeViolations([a, b], [c, d], cell, table);
  }).flat();
}

type NodeEdges = readonly [Edge, Edge];

function nodeViolations(
  before: NodeEdges,
  after: NodeEdges,
  cell: CellKind,
  table: TransitionTable,
): Violation[] {
  const pairings: NodeEdges[] = [after, [after[1], after[0]]];
  const sameSources = pairings.filter((edges) => edges.every((edge, i) => edge[1] === before[i][1]));
  if (sameSources.length === 0) {
    const [node, a, b, c, d] = [before[0][2], before[0][1], before[1][1], after[0][1], after[1][1]];
    const message = `${cell}: node ${node} takes nodes ${a} and ${b} before, ${c} and ${d} after`;
    return [{ cell, kind: 'graph', message }];
  }
  const outcomes = sameSources.map((edges) => {
    return edges.flatMap((edge, i) => edgeViolations(before[i], edge, cell, table));
  });
  return outcomes.reduce((best, outcome) => (outcome.length < best.length ? outcome : best));
}

function edgeViolations(before: Edge, after: Edge, cell: CellKind, table: TransitionTable): Violation[] {
  const [op, from, to] = before;
  if (isLegal(table, op, after[0])) return [];
  const allowed = allowedTargets(table, op).join(', ');
  const message = `${cell}: edge ${from} -> ${to}: ${op} may not become ${after[0]}, only ${allowed}`;
  return [{ cell, kind: 'transition', message, from, to, before: op, after: after[0] }];
}

function concatViolations(before: Genotype, after: Genotype, cell: CellKind): Violation[] {
  const lists = [before, after].map((genotype) => {
    const concat = cell === 'normal' ? genotype.normalConcat : genotype.reduceConcat;
    return concat.toSorted((a, b) => a - b).join(', ');
  });
  if (lists[0] === lists[1]) return [];
  const message = `${cell}: output concatenates nodes ${lists[0]} before, ${lists[1]} after`;
  return [{ cell, kind: 'graph', message }];
}
