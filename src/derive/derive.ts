// The optimised architecture for a given one (section 3.4): sample candidates from the learned policy and keep the
// one with the highest validation accuracy under the shared weights; or take the most probable action on every
// edge ("Maximum-GCN", section 4.4). Budgets are hard: no candidate exceeds them.
import { type ActionSpace, transform } from '../arch/action_space.ts';
import type { Cost } from '../networks/cost.ts';
import { createEdgeCosts, type EdgeCosts } from '../networks/edge_cost.ts';
import type { Architecture, Cell, Genotype } from '../arch/genotype.ts';
import { findViolations } from '../arch/legality.ts';
import { bestActions, type Constraint, sampleActions } from '../policy/sampling.ts';
import { createRng, STREAM } from '../core/rng.ts';
import { createBudget, type Limit } from './budget.ts';
import type { DeriveConfig } from './config.ts';
import { type LatencyTable, networkLatency } from './latency_table.ts';
import { limitsOf } from './limits.ts';
import { proposedArchitectures } from './proposals.ts';

/** What derive needs of a trained run. */
export interface Evaluator {
  /** The transitions that the run's policy has learned. */
  readonly space: ActionSpace;
  /** pi(. | arch): (edges of the normal, then the reduction cell; actions). */
  probabilities(arch: Architecture): Promise<Float32Array>;
  /**
   * NAO: the architecture and what its model came to from it, the highest predicted accuracy first. Its candidates need
   * not be what the transitions allow, nor have the same graph. Left out where a policy transforms.
   */
  readonly propose?: (arch: Architecture) => Promise<Architecture[]>;
  /** Validation accuracy under the shared weights, 0 to 1. */
  accuracy(arch: Architecture): Promise<number>;
}

export interface DeriveOptions extends DeriveConfig {
  /** Needed where `maxLatency` is set. */
  readonly latency?: LatencyTable | null;
}

/** Costs of the CIFAR-10 network that a genotype stands for: 36 channels, 20 cells. */
export interface TransformedCost extends Cost {
  /** Nanoseconds for one image, where there is a table. */
  readonly latency?: number;
}

export interface Candidate extends TransformedCost {
  readonly normal: Cell;
  readonly reduce: Cell;
  readonly accuracy: number;
}

export interface Derivation {
  readonly input: Genotype;
  readonly output: Genotype;
  readonly accuracy: { readonly before: number; readonly after: number };
  readonly cost: { readonly before: TransformedCost; readonly after: TransformedCost };
  readonly candidates: readonly Candidate[];
  /** Changes that the transitions do not allow: those of NAO. */
  readonly otherwise: number;
  readonly latency: LatencyTable | null;
}

/**
 * Transforms a genotype. `report` hears of each accuracy that was measured.
 * Throws UserError where no transformation is within the budgets.
 */
export async function derive(
  evaluator: Evaluator,
  input: Genotype,
  options: DeriveOptions,
  report: (done: number, total: number) => void = () => {},
): Promise<Derivation> {
  const { space } = evaluator;
  const { latency = null } = options;
  const costs = createEdgeCosts();
  const limits = limitsOf(options, input, costs, latency);
  const architectures = evaluator.propose
    ? proposedArchitectures(input, await evaluator.propose(input), limits, options)
    : await drawnArchitectures(evaluator, input, limits, options);
  const total = architectures.length + 1;
  const measured = new Map<string, number>();
  const accuracyOf = async ({ normal, reduce }: Architecture, done: number): Promise<number> => {
    const key = JSON.stringify([normal, reduce]);
    const accuracy = measured.get(key) ?? (await evaluator.accuracy({ normal, reduce }));
    measured.set(key, accuracy);
    report(done, total);
    return accuracy;
  };
  const costOf = (arch: Architecture) => costOfNetwork({ ...input, ...arch }, costs, latency);

  const before = await accuracyOf(input, 1);
  const candidates: Candidate[] = [];
  for (const [i, arch] of architectures.entries()) {
    candidates.push({ ...arch, accuracy: await accuracyOf(arch, i + 2), ...costOf(arch) });
  }
  const best = candidates.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const { normalConcat, reduceConcat } = input;
  // not NAT_DARTS and the like: these are the cells that the authors published
  const name = input.name ? { name: `${input.name}_transformed` } : {};
  const output: Genotype = { ...name, normal: best.normal, reduce: best.reduce, normalConcat, reduceConcat };
  return {
    input,
    output,
    accuracy: { before, after: best.accuracy },
    cost: { before: costOf(input), after: costOf(output) },
    candidates,
    otherwise: findViolations(input, output, space.table).length,
    latency,
  };
}

function costOfNetwork(genotype: Genotype, costs: EdgeCosts, latency: LatencyTable | null): TransformedCost {
  const cost = costs.total(genotype);
  return latency ? { ...cost, latency: networkLatency(latency, genotype) } : cost;
}

/** Those that a policy draws within the limits. */
async function drawnArchitectures(
  { space, probabilities }: Evaluator,
  input: Genotype,
  limits: readonly Limit[],
  options: DeriveOptions,
): Promise<Architecture[]> {
  const budget = createBudget(input, space, limits);
  return candidateArchitectures(input, space, await probabilities(input), budget, options);
}

/** The architectures that `derive` compares, before any is evaluated. */
export function candidateArchitectures(
  input: Architecture,
  space: ActionSpace,
  probabilities: Float32Array,
  budget: () => Constraint,
  { method, candidates, seed }: Pick<DeriveOptions, 'method' | 'candidates' | 'seed'>,
): Architecture[] {
  const actions = new Int32Array(input.normal.length + input.reduce.length);
  if (method === 'max') {
    bestActions(probabilities, actions, budget());
    return [transform(space, input, actions)];
  }
  const rng = createRng(seed, STREAM.derive);
  return Array.from({ length: candidates }, () => {
    sampleActions(probabilities, actions, rng, budget());
    return transform(space, input, actions);
  });
}
