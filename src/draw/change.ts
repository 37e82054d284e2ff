// How two cells differ, edge by edge. The two edges of a node have no order of their own, so they are paired in the way
// that leaves most as it was.
import type { Cell, CellKind, Edge, Genotype } from '../arch/genotype.ts';

/** What became of an edge: nothing, the skip connection, nothing there any more, another operation, or it is new. */
export const EDGE_CHANGES = ['kept', 'skip', 'removed', 'replaced', 'added'] as const;

/** What became of an edge. */
export type EdgeChange = (typeof EDGE_CHANGES)[number];

/** What each change is called in a legend. */
export const CHANGE_NAMES: Readonly<Record<EdgeChange, string>> = {
  kept: 'kept',
  skip: 'became skip connection',
  removed: 'removed (null)',
  replaced: 'another operation',
  added: 'added',
};

/** An edge of a cell and what became of it; `before` is null where it was not there, `after` where it is no more. */
export interface ChangedEdge {
  readonly kind: CellKind;
  /** The node that it goes to, 2 and up. */
  readonly node: number;
  readonly before: Edge | null;
  readonly after: Edge | null;
  /** Which of the node's two edges it is, 0 or 1, in either cell. */
  readonly slots: { readonly before: number | null; readonly after: number | null };
  readonly change: EdgeChange;
}

/** Every edge of one kind of cell in both genotypes. One that takes another source counts as removed and as added. */
export function cellChanges(before: Genotype, after: Genotype, kind: CellKind): ChangedEdge[] {
  const nodes = Math.max(before[kind].length, after[kind].length) / 2;
  return Array.from({ length: nodes }, (_, i) => nodeChanges(before[kind], after[kind], kind, i)).flat();
}

/** Whether every node takes the same nodes in both, so that both can be drawn in the same places. */
export const sameGraph = (changes: readonly ChangedEdge[]): boolean =>
  changes.every(({ before, after }) => before && after && before[1] === after[1]);

function nodeChanges(before: Cell, after: Cell, kind: CellKind, i: number): ChangedEdge[] {
  const old = before.slice(2 * i, 2 * i + 2);
  const now = after.slice(2 * i, 2 * i + 2);
  const orders = [
    [0, 1],
    [1, 0],
  ] as const;
  const likeness = (order: readonly number[]): number =>
    old.reduce((sum, edge, slot) => {
      const other = now[order[slot]!];
      const sameSource = other?.[1] === edge[1];
      return sum + (sameSource ? 2 + (other?.[0] === edge[0] ? 1 : 0) : 0);
    }, 0);
  const order = likeness(orders[1]) > likeness(orders[0]) ? orders[1] : orders[0];
  return [0, 1].flatMap((slot): ChangedEdge[] => {
    const [a, b] = [old[slot] ?? null, now[order[slot]!] ?? null];
    const pair = { kind, node: i + 2 };
    const removed = { ...pair, before: a, after: null, slots: { before: slot, after: null } };
    const added = { ...pair, before: null, after: b, slots: { before: null, after: order[slot]! } };
    if (a && b && a[1] === b[1]) {
      const slots = { before: slot, after: order[slot]! };
      return [{ ...pair, before: a, after: b, slots, change: changeOf(a, b) }];
    }
    return [
      ...(a ? [{ ...removed, change: 'removed' as const }] : []),
      ...(b ? [{ ...added, change: 'added' as const }] : []),
    ];
  });
}

function changeOf([before]: Edge, [after]: Edge): EdgeChange {
  if (before === after) return 'kept';
  if (before === 'null') return 'added';
  if (after === 'null') return 'removed';
  return after === 'skip_connect' ? 'skip' : 'replaced';
}
