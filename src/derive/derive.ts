// The optimised architecture for a given one (section 3.4): sample candidates from the learned policy and keep the
// one with the highest validation accuracy under the shared weights; or take the most probable action on every
// edge ("Maximum-GCN", section 4.4).
import { applyActions } from '../nas/transitions.ts';
import type { Architecture, Cell, Genotype } from '../nas/genotype.ts';
import { type Cost, cellNetworkCost } from '../nas/cost.ts';
import { bestActions, sampleActions } from '../policy/sampling.ts';
import { createRng, STREAM } from '../rng.ts';

/** What derive needs of a trained run. */
export interface Evaluator {
  /** pi(. | arch): (edges of the normal, then the reduction cell; actions). */
  probabilities(arch: Architecture): Promise<Float32Array>;
  /** Validation accuracy under the shared weights, 0 to 1. */
  accuracy(arch: Architecture): Promise<number>;
}

export interface DeriveOptions {
  readonly method: 'sample' | 'max';
  /** How many candidates are sampled. */
  readonly candidates: number;
  readonly seed: number;
}

export interface Candidate {
  readonly normal: Cell;
  readonly reduce: Cell;
  readonly accuracy: number;
}

export interface Derivation {
  readonly input: Genotype;
  readonly output: Genotype;
  readonly accuracy: { readonly before: number; readonly after: number };
  /** Of the CIFAR-10 network that the genotype stands for: 36 channels, 20 cells. */
  readonly cost: { readonly before: Cost; readonly after: Cost };
  readonly candidates: readonly Candidate[];
}

/** Transforms a genotype. `report` hears of each accuracy that was measured. */
export async function derive(
  evaluator: Evaluator,
  input: Genotype,
  options: DeriveOptions,
  report: (done: number, total: number) => void = () => {},
): Promise<Derivation> {
  const probabilities = await evaluator.probabilities(input);
  const architectures = candidateArchitectures(input, probabilities, options);
  const total = architectures.length + 1;
  const measured = new Map<string, number>();
  const accuracyOf = async ({ normal, reduce }: Architecture, done: number): Promise<number> => {
    const key = JSON.stringify([normal, reduce]);
    const accuracy = measured.get(key) ?? (await evaluator.accuracy({ normal, reduce }));
    measured.set(key, accuracy);
    report(done, total);
    return accuracy;
  };

  const before = await accuracyOf(input, 1);
  const candidates: Candidate[] = [];
  for (const [i, { normal, reduce }] of architectures.entries()) {
    candidates.push({ normal, reduce, accuracy: await accuracyOf({ normal, reduce }, i + 2) });
  }
  const best = candidates.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const { normalConcat, reduceConcat } = input;
  const name = input.name ? { name: `NAT_${input.name}` } : {};
  const output: Genotype = { ...name, normal: best.normal, reduce: best.reduce, normalConcat, reduceConcat };
  return {
    input,
    output,
    accuracy: { before, after: best.accuracy },
    cost: { before: cellNetworkCost(input), after: cellNetworkCost(output) },
    candidates,
  };
}

function candidateArchitectures(
  { normal, reduce }: Architecture,
  probabilities: Float32Array,
  { method, candidates, seed }: DeriveOptions,
): Architecture[] {
  const actions = new Int32Array(normal.length + reduce.length);
  const transform = (): Architecture => ({
    normal: applyActions(normal, actions.subarray(0, normal.length)),
    reduce: applyActions(reduce, actions.subarray(normal.length)),
  });
  if (method === 'max') {
    bestActions(probabilities, actions);
    return [transform()];
  }
  const rng = createRng(seed, STREAM.derive);
  return Array.from({ length: candidates }, () => {
    sampleActions(probabilities, actions, rng);
    return transform();
  });
}
