// What a policy may do to an edge. NAT's policy has three actions that mean the same for every operation. The policy
// of any other table chooses the operation that the edge becomes, out of those that the table allows.
import type { Architecture, Cell } from './genotype.ts';
import type { Primitive } from './primitives.ts';
import {
  ACTIONS,
  applyAction,
  applyActions,
  applyChoices,
  NAT_TRANSITIONS,
  transitionMask,
  type TransitionTable,
} from './transitions.ts';

/** The actions of an edge under a table of transitions, and which of them an operation may take. */
export interface ActionSpace {
  readonly table: TransitionTable;
  /** Actions of an edge: its logits. */
  readonly count: number;
  /** Whether operations differ in the actions that are allowed, so that a softmax needs their mask. */
  readonly masked: boolean;
  /** 1 for each action that an edge with this operation may take, else 0. */
  mask(op: Primitive): Uint8Array<ArrayBuffer>;
  /** What an edge with this operation becomes. */
  target(op: Primitive, action: number): Primitive;
  /** The cell after one action an edge. Throws RangeError where one is not allowed. */
  apply(cell: Cell, actions: ArrayLike<number>): Cell;
}

/** The actions by which a table's transitions are made. */
export function actionSpace(table: TransitionTable): ActionSpace {
  if (table === NAT_TRANSITIONS) {
    const all = new Uint8Array(ACTIONS.length).fill(1);
    return {
      table,
      count: ACTIONS.length,
      masked: false,
      mask: () => all,
      target: (op, action) => applyAction(op, ACTIONS[action]!),
      apply: applyActions,
    };
  }
  const masks = new Map(table.ops.map((op) => [op, transitionMask(table, op)]));
  return {
    table,
    count: table.ops.length,
    masked: true,
    mask: (op) => masks.get(op) ?? transitionMask(table, op),
    target: (_op, action) => table.ops[action]!,
    apply: (cell, actions) => applyChoices(cell, actions, table),
  };
}

/** The architecture after one action an edge: those of the normal cell, then those of the reduction cell. */
export function transform(
  space: ActionSpace,
  { normal, reduce }: Architecture,
  actions: Int32Array,
): Architecture {
  return {
    normal: space.apply(normal, actions.subarray(0, normal.length)),
    reduce: space.apply(reduce, actions.subarray(normal.length)),
  };
}
