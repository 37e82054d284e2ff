// What an operation may become. NAT (Figure 2c): a computing operation O stays or becomes S or N, the skip
// connection S stays or becomes N, the null operation N stays or becomes S; so nothing ever starts to compute.
// NAT++ keeps this as its first level and refines O -> O by a second: the type may go down conv -> sep_conv ->
// dil_conv -> pooling (max and average side by side) while the kernel does not grow. Both are tables, and
// transition_file.ts reads a user's own.
import { UserError } from '../../runtime/errors.ts';
import type { Cell, Edge } from './genotype.ts';
import {
  NAT_PLUS_PLUS_PRIMITIVES,
  PRIMITIVE_KINDS,
  PRIMITIVE_NAMES,
  type Primitive,
  specOf,
} from './primitives.ts';

/** The actions of NAT's policy, in the order of its logits. */
export const ACTIONS = ['null', 'same', 'skip_connect'] as const;

/** What may be done to an operation; see `applyAction`. */
export type Action = (typeof ACTIONS)[number];

/** What an operation becomes: `same` keeps it, the others replace it whatever it was. */
export function applyAction(op: Primitive, action: Action): Primitive {
  return action === 'same' ? op : action;
}

/** The cell after one action an edge, given as indices into ACTIONS. The graph stays as it is. */
export function applyActions(cell: Cell, actions: ArrayLike<number>): Cell {
  requireOnePerEdge('applyActions', cell, actions);
  return cell.map(([op, from, to], i): Edge => {
    const action = ACTIONS[actions[i]];
    if (action === undefined) throw new RangeError(`applyActions: edge ${i} has no action ${actions[i]}`);
    return [applyAction(op, action), from, to];
  });
}

/** Which operation may become which. */
export interface TransitionTable {
  readonly name: string;
  /** The operations that the table lists, in the order of a policy's logits. */
  readonly ops: readonly Primitive[];
  /** For each of them what it may become, itself included; all targets are in `ops`. */
  readonly targets: ReadonlyMap<Primitive, readonly Primitive[]>;
}

function tableOf(
  name: string,
  ops: readonly Primitive[],
  allowed: (op: Primitive, target: Primitive) => boolean,
): TransitionTable {
  return { name, ops, targets: new Map(ops.map((op) => [op, ops.filter((target) => allowed(op, target))])) };
}

/** NAT's rule: what its three actions reach. */
function natAllows(op: Primitive, target: Primitive): boolean {
  return target === op || target === 'skip_connect' || target === 'null';
}

/** NAT++'s second level, where both operations have a level of types. */
function natPlusPlusAllows(op: Primitive, target: Primitive): boolean {
  const from = specOf(op);
  const to = specOf(target);
  const levels = [PRIMITIVE_KINDS[from.kind].level, PRIMITIVE_KINDS[to.kind].level] as const;
  if (levels[0] === null || levels[1] === null) return natAllows(op, target);
  return levels[0] <= levels[1] && from.kernel >= to.kernel;
}

/** NAT's rule over some operations, in an order that the policy's logits have. */
export const natTransitions = (name: string, ops: readonly Primitive[]): TransitionTable =>
  tableOf(name, ops, natAllows);

/** NAT's table, over every primitive. */
export const NAT_TRANSITIONS = tableOf('nat', PRIMITIVE_NAMES, natAllows);

/** NAT++'s table, over its 13 operations. */
export const NAT_PLUS_PLUS_TRANSITIONS = tableOf('nat++', NAT_PLUS_PLUS_PRIMITIVES, natPlusPlusAllows);

/** What `op` may become. An operation that the table does not list moves by NAT's rule. */
export function allowedTargets(table: TransitionTable, op: Primitive): readonly Primitive[] {
  return table.targets.get(op) ?? NAT_TRANSITIONS.targets.get(op) ?? [op, 'skip_connect', 'null'];
}

export function isLegal(table: TransitionTable, before: Primitive, after: Primitive): boolean {
  return allowedTargets(table, before).includes(after);
}

/** For a masked softmax: 1 at each index into `table.ops` that `op` may become. Throws UserError for an op not listed. */
export function transitionMask(table: TransitionTable, op: Primitive): Uint8Array<ArrayBuffer> {
  const targets = table.targets.get(op);
  if (targets === undefined) {
    throw new UserError(
      `operation ${op} is not in the transition table '${table.name}'; it lists ${table.ops.join(', ')}`,
    );
  }
  return Uint8Array.from(table.ops, (target) => (targets.includes(target) ? 1 : 0));
}

/** The cell after one choice an edge, given as indices into `table.ops`. The graph stays as it is. */
export function applyChoices(cell: Cell, choices: ArrayLike<number>, table: TransitionTable): Cell {
  requireOnePerEdge('applyChoices', cell, choices);
  return cell.map(([op, from, to], i): Edge => {
    const target = table.ops[choices[i]];
    if (target === undefined || !isLegal(table, op, target)) {
      throw new RangeError(
        `applyChoices: edge ${i}, ${op}, may not become ${target ?? `choice ${choices[i]}`}`,
      );
    }
    return [target, from, to];
  });
}

function requireOnePerEdge(caller: string, cell: Cell, choices: ArrayLike<number>): void {
  if (choices.length !== cell.length) {
    throw new RangeError(`${caller}: expected ${cell.length} numbers, one an edge, got ${choices.length}`);
  }
}
