// Cells as sequences of tokens, and back: for every edge the node that it leaves and its operation, cell after cell.
// A token is a number: first the nodes, then the operations, and last the one that stands before every sequence.
import { type Cell, type Edge, nodeCount } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import type { Columns } from '../ops/policy/argmax_rows.ts';

export interface TokenSpace {
  readonly primitives: readonly Primitive[];
  /** Intermediate nodes of a cell. */
  readonly nodes: number;
  /** Cells of an architecture; 2 unless given, the normal and the reduction cell. */
  readonly cells?: number;
  /**
   * Whether an edge may come to leave another node (`free`, the default), or never does (`kept`); `unsaid` where all
   * architectures have the same sources, so that there is nothing to say of them.
   */
  readonly sources?: 'free' | 'kept' | 'unsaid';
  /** Edges that are the same in all architectures, by their number among all edges; nothing is said of them. */
  readonly fixed?: readonly number[];
}

/** What stands at one place of every sequence. */
export interface TokenPlace {
  /** Its edge, by the number among all edges of an architecture. */
  readonly edge: number;
  readonly part: 'source' | 'operation';
  /** The tokens that may stand there. */
  readonly allowed: Columns;
  /** Whether the token of an architecture stays as it is. */
  readonly kept: boolean;
}

export interface TokenLayout {
  readonly primitives: readonly Primitive[];
  readonly places: readonly TokenPlace[];
  /** How many tokens there are. */
  readonly vocabulary: number;
  /** The token before the first. */
  readonly start: number;
  /** The token of the first operation. */
  readonly firstOperation: number;
}

export function tokenLayout(space: TokenSpace): TokenLayout {
  const { primitives, nodes, cells = 2, sources = 'free', fixed = [] } = space;
  // an edge leaves one of the two inputs or a node before the last
  const firstOperation = nodes + 1;
  const start = firstOperation + primitives.length;
  const places = Array.from({ length: cells * 2 * nodes }, (_, edge): TokenPlace[] => {
    if (fixed.includes(edge)) return [];
    const to = Math.floor((edge % (2 * nodes)) / 2) + 2;
    const source = {
      edge,
      part: 'source',
      allowed: { begin: 0, end: to },
      kept: sources === 'kept',
    } as const;
    const allowed = { begin: firstOperation, end: start };
    const operation = { edge, part: 'operation', allowed, kept: false } as const;
    return sources === 'unsaid' ? [operation] : [source, operation];
  }).flat();
  return { primitives, places, vocabulary: start + 1, start, firstOperation };
}

/** The sequence of an architecture. Throws RangeError for what the layout has no token for. */
export function tokensOf(
  { primitives, places, firstOperation }: TokenLayout,
  cells: readonly Cell[],
): number[] {
  const edges = cells.flat();
  return places.map(({ edge, part, allowed }) => {
    const [op, from] = edges[edge] ?? [];
    const token = part === 'source' ? from! : firstOperation + primitives.indexOf(op!);
    if (!(token >= allowed.begin && token < allowed.end)) {
      throw new RangeError(`tokensOf: edge ${edge}: no token for ${String(op)} from ${from}`);
    }
    return token;
  });
}

/**
 * The architecture of a sequence; what the sequence does not say is as in `template`.
 * Throws RangeError for a token that may not stand where it does.
 */
export function cellsOf(
  { primitives, places, firstOperation }: TokenLayout,
  tokens: ArrayLike<number>,
  template: readonly Cell[],
): Cell[] {
  const edges = template.flat();
  places.forEach(({ edge, part, allowed }, i) => {
    const token = tokens[i]!;
    if (!(token >= allowed.begin && token < allowed.end)) {
      throw new RangeError(`cellsOf: token ${i} of edge ${edge} is ${token}`);
    }
    const [op, from, to] = edges[edge]!;
    const changed: Edge =
      part === 'source' ? [op, token, to] : [primitives[token - firstOperation]!, from, to];
    edges[edge] = changed;
  });
  let begin = 0;
  return template.map((cell) => edges.slice(begin, (begin += 2 * nodeCount(cell))));
}
