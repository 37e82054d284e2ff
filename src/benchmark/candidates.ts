// The transformations of a cell that a policy thinks best: its actions on different edges are independent, so that the
// k most probable combinations of some edges are among those of the k most probable of all edges but one.
import type { ActionSpace } from '../arch/action_space.ts';
import { NAT_EDGES, OPERATION_PRIMITIVES, operationsOf, PLACE_VALUES } from './space.ts';

/** A transformation, or part of one, and its probability. */
interface Candidate {
  readonly cell: number;
  readonly probability: number;
}

/** Those of the highest probability, in falling order; among equals the lower number first. */
const best = (candidates: readonly Candidate[], count: number): Candidate[] =>
  [...candidates].sort((a, b) => b.probability - a.probability || a.cell - b.cell).slice(0, count);

/** What an edge may become, each with the sum of the probabilities of the actions that make it so. */
function becoming(space: ActionSpace, operation: number, row: Float32Array): Map<number, number> {
  const probabilities = new Map<number, number>();
  row.forEach((probability, action) => {
    const target = OPERATION_PRIMITIVES.indexOf(space.target(OPERATION_PRIMITIVES[operation]!, action));
    probabilities.set(target, (probabilities.get(target) ?? 0) + probability);
  });
  return probabilities;
}

/**
 * The `count` most probable transformations of a cell, all different, the most probable first.
 * @param probabilities of every action on every edge of its NAT cell
 */
export function mostProbable(
  space: ActionSpace,
  cell: number,
  probabilities: Float32Array,
  count: number,
): number[] {
  const operations = operationsOf(cell);
  let partials: Candidate[] = [{ cell: 0, probability: 1 }];
  for (const [i, edge] of NAT_EDGES.entries()) {
    const row = probabilities.subarray(edge * space.count, (edge + 1) * space.count);
    const targets = [...becoming(space, operations[i]!, row)];
    const longer = partials.flatMap((partial) =>
      targets.map(([target, probability]) => ({
        cell: partial.cell + target * PLACE_VALUES[i]!,
        probability: partial.probability * probability,
      })),
    );
    partials = best(longer, count);
  }
  return partials.map((partial) => partial.cell);
}
