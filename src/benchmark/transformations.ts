// NAT's transformations of the benchmark's cells, by number: the table holds all that can be reached. Every operation
// may become a skip connection or none or stay, edge by edge, so a cell has 64 to 729 transformations, itself included.
import { allowedTargets, NAT_TRANSITIONS } from '../arch/transitions.ts';
import type { Rng } from '../core/rng.ts';
import { CELL_COUNT, cellNumber, OPERATION_PRIMITIVES, operationsOf, PLACE_VALUES } from './space.ts';

/** Operation -> what it may become, itself included, both as indices into OPERATION_NAMES, ascending. */
const TARGETS: readonly (readonly number[])[] = OPERATION_PRIMITIVES.map((primitive) => {
  const allowed = allowedTargets(NAT_TRANSITIONS, primitive);
  return OPERATION_PRIMITIVES.flatMap((target, index) => (allowed.includes(target) ? [index] : []));
});

/** What each edge of a cell may become. */
const targetsOf = (cell: number): (readonly number[])[] =>
  operationsOf(cell).map((operation) => TARGETS[operation]!);

/** Everything that a cell may become, in ascending order. */
export function transformationsOf(cell: number): number[] {
  let reached = [0];
  for (const targets of targetsOf(cell)) {
    reached = reached.flatMap((start) =>
      targets.map((target) => start * OPERATION_PRIMITIVES.length + target),
    );
  }
  return reached;
}

/** Whether NAT's moves lead from one cell to the other. */
export function isTransformation(before: number, after: number): boolean {
  const operations = operationsOf(after);
  return targetsOf(before).every((targets, edge) => targets.includes(operations[edge]!));
}

/** A transformation of the cell, all of them equally probable; one draw an edge. */
export const drawTransformation = (cell: number, rng: Rng): number =>
  cellNumber(targetsOf(cell).map((targets) => targets[rng.int(targets.length)]!));

/** The transformations of `cell` that differ from `from`, one of them, on exactly one edge. */
export function neighboursOf(cell: number, from: number): number[] {
  const targets = targetsOf(cell);
  const neighbours: number[] = [];
  for (const [edge, operation] of operationsOf(from).entries()) {
    for (const target of targets[edge]!) {
      if (target !== operation) neighbours.push(from + (target - operation) * PLACE_VALUES[edge]!);
    }
  }
  return neighbours;
}

/** For every cell its transformation of the highest accuracy; among equals the cell itself, then the lowest number. */
export function bestTransformations(accuracies: Float64Array): Int32Array {
  const better = (a: number, b: number): number => {
    const difference = accuracies[a]! - accuracies[b]!;
    return difference > 0 || (difference === 0 && a < b) ? a : b;
  };
  // edge by edge: the best of a cell where only the edges so far may change
  let best = Int32Array.from({ length: CELL_COUNT }, (_, cell) => cell);
  for (const value of PLACE_VALUES) {
    best = best.map((_, cell) => {
      const operation = Math.floor(cell / value) % OPERATION_PRIMITIVES.length;
      return TARGETS[operation]!.map((target) => best[cell + (target - operation) * value]!).reduce(better);
    });
  }
  return best.map((found, cell) => (accuracies[found] === accuracies[cell] ? cell : found));
}
