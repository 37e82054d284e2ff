// Candidates where a run's learner is NAO: what it came to from the given architecture, itself among it.
import { UserError } from '../../runtime/errors.ts';
import { type Architecture, CELL_KINDS, type Genotype } from '../arch/genotype.ts';
import { hasDeadCell } from '../arch/reach.ts';
import { edgeSite } from '../networks/edge_cost.ts';
import type { Limit } from './budget.ts';
import type { DeriveConfig } from './config.ts';

/**
 * The first of the proposals within all limits and without a dead cell: as many as there are candidates, or one where
 * nothing is to be compared; and how many were refused for a dead cell.
 * @param proposals the highest prediction first
 * Throws UserError where there is none.
 */
export function proposedCandidates(
  input: Genotype,
  proposals: readonly Architecture[],
  limits: readonly Limit[],
  { method, candidates }: Pick<DeriveConfig, 'method' | 'candidates'>,
): { readonly architectures: Architecture[]; readonly refused: number } {
  const alive = proposals.filter((arch) => !hasDeadCell({ ...input, ...arch }));
  const refused = proposals.length - alive.length;
  const fitting = alive.filter((arch) => limits.every((limit) => costUnder(limit, arch) <= limit.max));
  if (fitting.length > 0) {
    return { architectures: fitting.slice(0, method === 'max' ? 1 : candidates), refused };
  }
  const { name = 'the architecture' } = input;
  if (alive.length === 0) throw new UserError(`all that NAO came to from ${name} has a dead cell`);
  const least = limits.map(
    (limit) => `${limit.option} ${limit.show(Math.min(...alive.map((arch) => costUnder(limit, arch))))}`,
  );
  throw new UserError(
    `none of the ${alive.length} architectures that NAO came to from ${name} fits; the least of each is ` +
      least.join(', '),
  );
}

const costUnder = (limit: Limit, arch: Architecture): number =>
  CELL_KINDS.reduce(
    (sum, kind) =>
      arch[kind].reduce((total, [op, from]) => total + limit.edge(edgeSite(kind, from), op), sum),
    limit.fixed,
  );
