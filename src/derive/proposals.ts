// Candidates where a run's learner is NAO: what it came to from the given architecture, itself among it.
import { UserError } from '../../runtime/errors.ts';
import { type Architecture, CELL_KINDS, type Genotype } from '../arch/genotype.ts';
import { edgeSite } from '../networks/edge_cost.ts';
import type { Limit } from './budget.ts';
import type { DeriveConfig } from './config.ts';

/**
 * The first of the proposals within all limits: as many as there are candidates, or one where nothing is to be compared.
 * @param proposals the highest prediction first
 * Throws UserError where none is within the limits.
 */
export function proposedArchitectures(
  { name = 'the architecture' }: Genotype,
  proposals: readonly Architecture[],
  limits: readonly Limit[],
  { method, candidates }: Pick<DeriveConfig, 'method' | 'candidates'>,
): Architecture[] {
  const fitting = proposals.filter((arch) => limits.every((limit) => costUnder(limit, arch) <= limit.max));
  if (fitting.length > 0) return fitting.slice(0, method === 'max' ? 1 : candidates);
  const least = limits.map(
    (limit) => `${limit.option} ${limit.show(Math.min(...proposals.map((arch) => costUnder(limit, arch))))}`,
  );
  throw new UserError(
    `none of the ${proposals.length} architectures that NAO came to from ${name} fits; the least of each is ` +
      least.join(', '),
  );
}

const costUnder = (limit: Limit, arch: Architecture): number =>
  CELL_KINDS.reduce(
    (sum, kind) =>
      arch[kind].reduce((total, [op, from]) => total + limit.edge(edgeSite(kind, from), op), sum),
    limit.fixed,
  );
