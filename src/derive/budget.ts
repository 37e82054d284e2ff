// Hard limits on what a transformation may cost. Edges are decided one after the other; an action is allowed where the
// edges before it, itself, and some way to finish the edges after it stay within every limit. So no architecture that
// comes out exceeds a limit, and none that meets them all is out of reach.
import { UserError } from '../../runtime/errors.ts';
import type { ActionSpace } from '../arch/action_space.ts';
import { type EdgeSite, edgeSite } from '../networks/edge_cost.ts';
import { CELL_KINDS, type Genotype } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import type { Constraint } from '../policy/sampling.ts';

/** A limit on one kind of cost. Costs are whole numbers that add up over the edges. */
export interface Limit {
  /** Its option, for errors: '--max-params'. */
  readonly option: string;
  readonly max: number;
  /** The cost of the network without edges. */
  readonly fixed: number;
  /** What an operation adds there. */
  edge(site: EdgeSite, op: Primitive): number;
  /** A cost in words: '3349342 parameters'. */
  show(cost: number): string;
}

/** One number a limit. */
type Costs = readonly number[];

/**
 * Makes a constraint for each architecture that is drawn: transformations of `genotype` within all limits.
 * Throws UserError where there are none, with the smallest costs that there are.
 */
export function createBudget(
  genotype: Genotype,
  space: ActionSpace,
  limits: readonly Limit[],
): () => Constraint {
  const options = CELL_KINDS.flatMap((kind) =>
    genotype[kind].map(([op, from]) => {
      const costsOf = (target: Primitive): Costs =>
        limits.map((limit) => limit.edge(edgeSite(kind, from), target));
      return Array.from(space.mask(op), (allowed, action) =>
        allowed ? costsOf(space.target(op, action)) : null,
      );
    }),
  );
  const fixed: Costs = limits.map((limit) => limit.fixed);
  // rest[e]: the least that the edges from e on can cost.
  const rest: (readonly Costs[])[] = [[limits.map(() => 0)]];
  for (const actions of options.toReversed()) {
    const own = leastOf(actions.filter((costs) => costs !== null));
    rest.unshift(leastOf(rest[0]!.flatMap((later) => own.map((costs) => add(costs, later)))));
  }
  const within = (costs: Costs): boolean => costs.every((cost, i) => cost <= limits[i]!.max);
  const canFinish = (spent: Costs, edge: number): boolean =>
    rest[edge]!.some((later) => within(add(spent, later)));
  if (!canFinish(fixed, 0))
    throw nothingFits(
      genotype,
      limits,
      rest[0]!.map((costs) => add(fixed, costs)),
    );

  return () => {
    let spent = fixed;
    return {
      allows(edge, action) {
        const costs = options[edge]![action];
        return !!costs && canFinish(add(spent, costs), edge + 1);
      },
      take(edge, action) {
        spent = add(spent, options[edge]![action]!);
      },
    };
  };
}

const add = (a: Costs, b: Costs): Costs => a.map((cost, i) => cost + b[i]!);

/** Those than which no other is as small or smaller in everything; of equal ones one. */
function leastOf(all: readonly Costs[]): Costs[] {
  const compare = (a: Costs, b: Costs): number => {
    const i = a.findIndex((cost, k) => cost !== b[k]);
    return i < 0 ? 0 : a[i]! - b[i]!;
  };
  const least: Costs[] = [];
  // In this order, whoever makes another superfluous comes before it.
  for (const costs of all.toSorted(compare)) {
    if (!least.some((other) => other.every((cost, i) => cost <= costs[i]!))) least.push(costs);
  }
  return least;
}

function nothingFits(
  { name = 'the architecture' }: Genotype,
  limits: readonly Limit[],
  least: Costs[],
): UserError {
  const smallest = limits.map((_, i) => Math.min(...least.map((costs) => costs[i]!)));
  const exceeded = limits.flatMap(({ option, max, show }, i) =>
    smallest[i]! > max ? [`${option}: got ${show(max)}, but the least is ${show(smallest[i]!)}`] : [],
  );
  const each = limits.map(({ option, show }, i) => `${option} ${show(smallest[i]!)}`);
  const why =
    exceeded.length > 0
      ? exceeded.join('; ')
      : `the limits exclude each other; the least of each is ${each.join(', ')}`;
  return new UserError(`no transformation of ${name} fits: ${why}`);
}
