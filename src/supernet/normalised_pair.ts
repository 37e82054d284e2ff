// Two tensors of one shape that are normalised together: the results of a node's two edges, or a cell's two inputs.
import type { Engine } from '../../runtime/engine/engine.ts';
import { BN_EPS, BN_MOMENTUM } from '../ops/norm/batch_norm.ts';
import {
  type OneOrTwo,
  type BatchNormSaved,
  chunkMomentsShape,
  gradSumsShape,
  recordGrads,
  recordStatistics,
} from '../ops/norm/batch_norm_kernels.ts';
import { canSumNormalised, recordNormalisedSum } from '../ops/norm/normalised_sum.ts';
import { add } from '../ops/elementwise/add.ts';
import { createTensor } from '../core/allocator.ts';
import { packTensors } from '../core/packed.ts';
import type { Tape } from '../core/tape.ts';
import type { Shape, Tensor } from '../core/tensor.ts';

export interface NormalisedPair {
  readonly raw: readonly [Tensor, Tensor];
  /** Where the kernels that make them may leave the moments of their chunks; null where there are none. */
  readonly chunkMoments: OneOrTwo | null;
  /** Gradients of both. */
  readonly rawGrad: readonly [Tensor, Tensor];
  readonly norm: BatchNormSaved;
}

export type Side = 0 | 1;
export const BOTH: readonly Side[] = [0, 1];

/** Makes a pair's memory; that of its gradients is given. */
export function allocatePair(
  engine: Engine,
  label: string,
  shape: Shape,
  rawGrad: readonly Tensor[],
): NormalisedPair {
  const two = (what: string, of: Shape) =>
    packTensors(engine, `${label} ${what}`, [of, of]).tensors as [Tensor, Tensor];
  const raw = two('before batch norm', shape);
  const moments = chunkMomentsShape(engine, raw[0]);
  const chunkMoments = moments && two('chunk moments', moments);
  const sums = gradSumsShape(engine, raw);
  const gradSums = createTensor(engine, `${label} gradient sums`, sums);
  const affine: OneOrTwo = two('batch norm', [2, shape[1]!]);
  const norm = { affine, moments: two('moments', [2, shape[1]!]), gradSums };
  return { raw, chunkMoments, rawGrad: rawGrad as [Tensor, Tensor], norm };
}

/** Those of a pair's tensors that `sides` lists. */
const pick = (pair: readonly Tensor[], sides: readonly Side[]) =>
  sides.map((side) => pair[side]!) as unknown as OneOrTwo;

const pickNorm = ({ norm }: NormalisedPair, sides: readonly Side[]): BatchNormSaved => ({
  affine: pick(norm.affine, sides),
  moments: pick(norm.moments, sides),
  gradSums: norm.gradSums,
});

/** Memory for a result that is to be normalised. */
export function rawPlace({ raw, chunkMoments }: NormalisedPair, side: Side): Tensor {
  return chunkMoments ? { ...raw[side], chunkMoments: chunkMoments[side]! } : raw[side];
}

/** Those that `sides` lists, with the moments of their chunks where their kernels have left them. */
const pickRaw = (pair: NormalisedPair, sides: readonly Side[], withMoments: readonly Side[]): OneOrTwo =>
  sides.map((side) =>
    withMoments.includes(side) ? rawPlace(pair, side) : pair.raw[side],
  ) as unknown as OneOrTwo;

/**
 * Records the batch norms of a pair's tensors, or of one of them: they come back with the affine pending.
 * @param withMoments those whose kernels have left the moments of their chunks
 */
export function recordNormalisation(
  tape: Tape,
  pair: NormalisedPair,
  sides: readonly Side[],
  withMoments: readonly Side[],
): Tensor[] {
  if (sides.length === 0) return [];
  const none = { gamma: null, beta: null, runningMean: null, runningVar: null };
  const settings = { ...none, eps: BN_EPS, momentum: BN_MOMENTUM };
  const home = pair.chunkMoments ? pick(pair.chunkMoments, sides) : undefined;
  recordStatistics(tape, pickRaw(pair, sides, withMoments), settings, pickNorm(pair, sides), home);
  return sides.map((side) => ({ ...pair.raw[side], affine: pair.norm.affine[side]! }));
}

/**
 * Records a node: the sum of up to two terms, which are other tensors or those of the pair, normalised.
 * @param withMoments as above
 */
export function recordSumOf(
  tape: Tape,
  pair: NormalisedPair,
  terms: readonly (Side | Tensor)[],
  withMoments: readonly Side[],
  node: Tensor,
): void {
  const sides = BOTH.filter((side) => terms.includes(side));
  if (sides.length > 0 && canSumNormalised(tape.engine, pair.raw[0])) {
    const raw = pickRaw(pair, sides, withMoments);
    const other = terms.find((term) => typeof term !== 'number') ?? null;
    recordNormalisedSum(tape, raw, other, pickNorm(pair, sides), BN_EPS, node);
    return;
  }
  const normalised = recordNormalisation(tape, pair, sides, withMoments);
  const [a, b = null] = terms.map((term) =>
    typeof term === 'number' ? normalised[sides.indexOf(term)]! : term,
  );
  if (a) tape.apply(add, { a, b }, {}, node);
  else tape.clear(node);
}

/** Records the gradients before these batch norms; `gradOutput` is one for each, or one for all. */
export function recordNormalisationGrad(
  tape: Tape,
  pair: NormalisedPair,
  sides: readonly Side[],
  gradOutput: OneOrTwo,
): void {
  if (sides.length === 0) return;
  const raw = pick(pair.raw, sides);
  const saved = pickNorm(pair, sides);
  const input = { grads: pick(pair.rawGrad, sides), accumulate: false };
  recordGrads(tape, raw, gradOutput, input, saved, { eps: BN_EPS, training: true, parameters: false });
}
