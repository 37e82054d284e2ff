// From probabilities to actions, edge by edge, within what is allowed.
import type { Rng } from '../core/rng.ts';

/** What may be chosen. Edges are asked in their order, each after the choice on those before it is told. */
export interface Constraint {
  allows(edge: number, action: number): boolean;
  /** Told of every choice. */
  take?(edge: number, action: number): void;
}

/** Only what the transitions allow: for every edge, 1 at each of those actions. */
export const legality = (masks: readonly Uint8Array[]): Constraint => ({
  allows: (edge, action) => masks[edge]![action] === 1,
});

/** Added to every probability before it is used, here as in the logarithm (prob_floor.wgsl). */
const PROB_FLOOR = 1e-5;

/**
 * Draws one action per row of `probabilities` (rows, actions), into `actions`: each that is allowed with the weight
 * p + 1e-5.
 */
export function sampleActions(
  probabilities: Float32Array,
  actions: Int32Array,
  rng: Rng,
  constraint: Constraint,
): void {
  choose(probabilities, actions, constraint, (row, allowed) => {
    const weightOf = (action: number): number => row[action]! + PROB_FLOOR;
    const total = allowed.reduce((sum, action) => sum + weightOf(action), 0);
    const u = rng.uniform() * total;
    let cumulative = 0;
    // Rounding may leave the sum a little under the total: the last action takes what remains.
    return allowed.find((action) => u < (cumulative += weightOf(action))) ?? allowed.at(-1)!;
  });
}

/** The most probable allowed action of each row; of equal ones the first ("Maximum-GCN", section 4.4). */
export function bestActions(probabilities: Float32Array, actions: Int32Array, constraint: Constraint): void {
  choose(probabilities, actions, constraint, (row, allowed) =>
    allowed.reduce((best, action) => (row[action]! > row[best]! ? action : best)),
  );
}

/**
 * Draws n transformations of every architecture that went through a policy together, from the probabilities of all
 * their edges: actions (n, edges).
 * @param allowed 1 at each action that an edge may take, edge by edge
 */
export function sampleTransformations(
  probabilities: Float32Array,
  allowed: readonly Uint8Array[],
  samples: number,
  rng: Rng,
): Int32Array<ArrayBuffer> {
  const edges = allowed.length;
  const actions = new Int32Array(samples * edges);
  for (let at = 0; at < actions.length; at += edges)
    sampleActions(probabilities, actions.subarray(at, at + edges), rng, legality(allowed));
  return actions;
}

function choose(
  probabilities: Float32Array,
  actions: Int32Array,
  constraint: Constraint,
  pick: (row: Float32Array, allowed: readonly number[]) => number,
): void {
  const count = probabilities.length / actions.length;
  const all = Array.from({ length: count }, (_, action) => action);
  for (let edge = 0; edge < actions.length; edge++) {
    const allowed = all.filter((action) => constraint.allows(edge, action));
    if (allowed.length === 0) throw new RangeError(`edge ${edge}: no action is allowed`);
    const action = pick(probabilities.subarray(edge * count, (edge + 1) * count), allowed);
    actions[edge] = action;
    constraint.take?.(edge, action);
  }
}
