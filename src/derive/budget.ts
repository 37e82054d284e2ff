// Hard limits on what a transformation may cost. Edges are decided one after the other; an action is allowed where the
// edges before it, itself, and some way to finish the edges after it stay within every limit. So no architecture that
// comes out exceeds a limit, and none that meets them all is out of reach. In the same way an architecture can be held
// to have no dead cell.
import { UserError } from '../../runtime/errors.ts';
import type { ActionSpace } from '../arch/action_space.ts';
import { type EdgeSite, edgeSite } from '../networks/edge_cost.ts';
import { CELL_KINDS, type Edge, type Genotype } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import { extendReach, INPUTS_REACHED, outputNodes, type Reach, reachesAny } from '../arch/reach.ts';
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

/** Makes a constraint for each architecture that is drawn. */
export interface Budget {
  /** Within all limits. */
  within(): Constraint;
  /** Within all limits, and no cell dead. Throws UserError where there is no such transformation. */
  connected(): Constraint;
}

/** One number a limit. */
type Costs = readonly number[];

/** What an action makes of its edge. */
interface Choice {
  readonly edge: Edge;
  readonly costs: Costs;
}

/** The edges decided so far: what they cost, and which nodes of the cell at hand they reach. */
interface State {
  readonly spent: Costs;
  readonly reach: Reach;
}

/**
 * The budget of transformations of `genotype`.
 * Throws UserError where there are none within the limits, with the smallest costs that there are.
 */
export function createBudget(genotype: Genotype, space: ActionSpace, limits: readonly Limit[]): Budget {
  const within = createConstraints(genotype, space, limits, false);
  let connected: (() => Constraint) | null = null;
  return {
    within,
    connected: () => (connected ??= createConstraints(genotype, space, limits, true))(),
  };
}

function createConstraints(
  genotype: Genotype,
  space: ActionSpace,
  limits: readonly Limit[],
  alive: boolean,
): () => Constraint {
  const choices = CELL_KINDS.flatMap((kind) =>
    genotype[kind].map(([op, from, to]) =>
      Array.from(space.mask(op), (allowed, action): Choice | null => {
        if (!allowed) return null;
        const target = space.target(op, action);
        const costs = limits.map((limit) => limit.edge(edgeSite(kind, from), target));
        return { edge: [target, from, to], costs };
      }),
    ),
  );
  /** Past the last edge of a cell: the nodes that it puts out. */
  const outputs = new Map([
    [genotype.normal.length, outputNodes(genotype, 'normal')],
    [choices.length, outputNodes(genotype, 'reduce')],
  ]);
  const start: State = { spent: limits.map(({ fixed }) => fixed), reach: INPUTS_REACHED };
  /** The state after a choice on an edge; null where the cell that ends with it is dead. */
  const after = ({ spent, reach }: State, edge: number, choice: Choice): State | null => {
    const costs = add(spent, choice.costs);
    if (!alive) return { spent: costs, reach };
    const extended = extendReach(reach, choice.edge);
    const nodes = outputs.get(edge + 1);
    if (!nodes) return { spent: costs, reach: extended };
    return reachesAny(extended, nodes) ? { spent: costs, reach: INPUTS_REACHED } : null;
  };

  const none = limits.map(() => 0);
  const known = new Map<string, readonly Costs[]>();
  /** The least that the edges from one on can cost, with what is reached before it. */
  const rest = (edge: number, reach: Reach): readonly Costs[] => {
    if (edge === choices.length) return [none];
    const key = `${edge} ${reach}`;
    let least = known.get(key);
    if (!least) {
      const ways = new Map<Reach, Costs[]>();
      for (const choice of choices[edge]!) {
        const next = choice && after({ spent: none, reach }, edge, choice);
        if (next) ways.set(next.reach, [...(ways.get(next.reach) ?? []), next.spent]);
      }
      least = leastOf(
        [...ways].flatMap(([reached, costs]) => {
          const own = leastOf(costs);
          return rest(edge + 1, reached).flatMap((later) => own.map((cost) => add(cost, later)));
        }),
      );
      known.set(key, least);
    }
    return least;
  };
  const canFinish = (edge: number, { spent, reach }: State): boolean =>
    rest(edge, reach).some((later) => add(spent, later).every((cost, i) => cost <= limits[i]!.max));
  if (!canFinish(0, start)) {
    const least = rest(0, INPUTS_REACHED).map((costs) => add(start.spent, costs));
    throw nothingFits(genotype, limits, least);
  }

  return () => {
    let state = start;
    return {
      allows(edge, action) {
        const choice = choices[edge]![action];
        const next = choice ? after(state, edge, choice) : null;
        return next !== null && canFinish(edge + 1, next);
      },
      take(edge, action) {
        state = after(state, edge, choices[edge]![action]!)!;
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
  least: readonly Costs[],
): UserError {
  if (least.length === 0) {
    return new UserError(`no transformation of ${name} connects the outputs of its cells with their inputs`);
  }
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
