// The optimised architecture for a given one (section 3.4): sample candidates from the learned policy and keep the
// one with the highest validation accuracy under the shared weights; or take the most probable action on every
// edge ("Maximum-GCN", section 4.4). What was chosen is then judged on images that chose nothing. Budgets are hard: no
// candidate exceeds them; and none has a dead cell.
import { type ActionSpace, transform } from '../arch/action_space.ts';
import type { Cost } from '../networks/cost.ts';
import { createEdgeCosts, type EdgeCosts } from '../networks/edge_cost.ts';
import type { Architecture, Cell, Genotype } from '../arch/genotype.ts';
import { findViolations } from '../arch/legality.ts';
import { hasDeadCell } from '../arch/reach.ts';
import { bestActions, type Constraint, sampleActions } from '../policy/sampling.ts';
import { createRng, STREAM } from '../core/rng.ts';
import { type Budget, createBudget } from './budget.ts';
import type { DeriveConfig, JudgingImages } from './config.ts';
import { type Evaluator, type Judge, remembering } from './evaluator.ts';
import { type LatencyTable, networkLatency } from './latency_table.ts';
import { limitsOf } from './limits.ts';
import { proposedCandidates } from './proposals.ts';

/** How many transformations are drawn, by what they are judged, and which limits they keep. */
export interface DeriveOptions extends Omit<DeriveConfig, keyof JudgingImages> {
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
  /** On the images that choose. */
  readonly accuracy: number;
}

export interface JudgedAccuracy {
  readonly images: number;
  /** Of the architecture that was given. */
  readonly before: number;
  /** Of the first candidate: what one draw gives, without a choice. */
  readonly first: number;
  /** Of the candidate that was chosen. */
  readonly after: number;
}

/** What became of an architecture: the best transformation found, with accuracies and costs before and after. */
export interface Derivation {
  readonly input: Genotype;
  readonly output: Genotype;
  readonly accuracy: Readonly<Record<Judge, JudgedAccuracy>>;
  readonly cost: { readonly before: TransformedCost; readonly after: TransformedCost };
  readonly candidates: readonly Candidate[];
  /** Draws that were no candidates because a cell of theirs was dead. */
  readonly refused: number;
  /** Changes that the transitions do not allow: those of NAO. */
  readonly otherwise: number;
  readonly latency: LatencyTable | null;
}

/** How many accuracies a derivation measures. */
export const accuraciesOf = ({ method, candidates }: Pick<DeriveConfig, 'method' | 'candidates'>): number =>
  (method === 'max' ? 1 : candidates) + 4;

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
  const { space, images } = evaluator;
  const { latency = null } = options;
  const costs = createEdgeCosts();
  const limits = limitsOf(options, input, costs, latency);
  const draw = async () => {
    // what cannot fit is said before anything is computed
    const budget = createBudget(input, space, limits);
    return drawCandidates(input, space, await evaluator.probabilities(input), budget, options);
  };
  const { architectures, refused } = evaluator.propose
    ? proposedCandidates(input, await evaluator.propose(input), limits, options)
    : await draw();
  const total = accuraciesOf(options);
  let done = 0;
  const judges = remembering(evaluator);
  const accuracyOf = async (arch: Architecture, judge: Judge): Promise<number> => {
    const accuracy = await judges.accuracy(arch, judge);
    report(++done, total);
    return accuracy;
  };
  const costOf = (arch: Architecture) => costOfNetwork({ ...input, ...arch }, costs, latency);

  const before = await accuracyOf(input, 'selection');
  const candidates: Candidate[] = [];
  for (const arch of architectures) {
    candidates.push({ ...arch, accuracy: await accuracyOf(arch, 'selection'), ...costOf(arch) });
  }
  const first = candidates[0]!;
  const best = candidates.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const test = {
    before: await accuracyOf(input, 'test'),
    first: await accuracyOf(first, 'test'),
    after: await accuracyOf(best, 'test'),
  };
  const { normalConcat, reduceConcat } = input;
  // not NAT_DARTS and the like: these are the cells that the authors published
  const name = input.name ? { name: `${input.name}_transformed` } : {};
  const output: Genotype = { ...name, normal: best.normal, reduce: best.reduce, normalConcat, reduceConcat };
  return {
    input,
    output,
    accuracy: {
      selection: { images: images.selection, before, first: first.accuracy, after: best.accuracy },
      test: { images: images.test, ...test },
    },
    cost: { before: costOf(input), after: costOf(output) },
    candidates,
    refused,
    otherwise: findViolations(input, output, space.table).length,
    latency,
  };
}

function costOfNetwork(genotype: Genotype, costs: EdgeCosts, latency: LatencyTable | null): TransformedCost {
  const cost = costs.total(genotype);
  return latency ? { ...cost, latency: networkLatency(latency, genotype) } : cost;
}

/** Draws in a row that may be refused; after that, edges are held to what keeps the cells alive. */
const MOST_REFUSED = 100;

/**
 * The architectures that `derive` compares, before any is evaluated, and how many draws were refused: those with a dead
 * cell, in whose place another is drawn. Where the most probable actions make one, each edge in turn takes the most
 * probable action that still leaves a path.
 */
export function drawCandidates(
  input: Genotype,
  space: ActionSpace,
  probabilities: Float32Array,
  budget: Budget,
  { method, candidates, seed }: Pick<DeriveOptions, 'method' | 'candidates' | 'seed'>,
): { readonly architectures: Architecture[]; readonly refused: number } {
  const actions = new Int32Array(input.normal.length + input.reduce.length);
  const rng = createRng(seed, STREAM.derive);
  const choose = (constraint: Constraint): Architecture => {
    if (method === 'max') bestActions(probabilities, actions, constraint);
    else sampleActions(probabilities, actions, rng, constraint);
    return transform(space, input, actions);
  };
  let refused = 0;
  const draw = (): Architecture => {
    for (let tries = 0; tries < (method === 'max' ? 1 : MOST_REFUSED); tries++) {
      const drawn = choose(budget.within());
      if (!hasDeadCell({ ...input, ...drawn })) return drawn;
      refused++;
    }
    return choose(budget.connected());
  };
  const architectures = Array.from({ length: method === 'max' ? 1 : candidates }, draw);
  return { architectures, refused };
}
