// A policy's probabilities as the page shows them.
import type { ActionSpace } from '../../arch/action_space.ts';
import { ACTIONS, NAT_TRANSITIONS } from '../../arch/transitions.ts';
import type { EdgeProbabilities } from '../protocol.ts';

/** What NAT's actions are called there. */
const NAMES = { null: 'null', same: 'keep', skip_connect: 'skip' } as const;

/** @param values (edges, actions), row by row */
export function edgeProbabilities({ table, count }: ActionSpace, values: Float32Array): EdgeProbabilities {
  const rows = Array.from({ length: values.length / count }, (_, edge) =>
    Array.from(values.subarray(edge * count, (edge + 1) * count)),
  );
  return {
    actions: table === NAT_TRANSITIONS ? ACTIONS.map((action) => NAMES[action]) : table.ops,
    values: rows,
  };
}
