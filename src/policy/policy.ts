// What the trainer needs of a policy, whatever computes it: weights, and the probabilities of every action on every
// edge of the cells that were written last. A normal and a reduction cell go through a policy together.
import type { Device, Engine } from '../../runtime/engine/engine.ts';
import type { ActionSpace } from '../arch/action_space.ts';
import type { Cell } from '../arch/genotype.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { maskedSoftmax } from '../ops/policy/masked_softmax.ts';
import { softmax } from '../ops/policy/softmax.ts';
import type { Tape } from '../core/tape.ts';
import type { Shape, Tensor } from '../core/tensor.ts';

export interface Policy {
  /** theta; a policy that does not learn has none. */
  readonly weights: ParameterStore;
  /** Edges of all cells that go through the policy together. */
  readonly edges: number;
  readonly space: ActionSpace;
  /** Makes the memory of its inputs. The weights must be allocated before. */
  allocate(engine: Engine): PolicyInputs;
}

/** A policy's memory on an engine. */
export interface PolicyInputs {
  /** Action taken on every edge, i32 (edges); written before an update. */
  readonly actions: Tensor;
  /** 1 where an edge may take an action, i32 (edges, actions); null where every edge may take every action. */
  readonly mask: Tensor | null;
  /** Records the probabilities, (edges, actions). */
  probabilities(tape: Tape): Tensor;
  /** Writes what never changes. Once, before the first `write`. */
  prepare(engine: Device): void;
  /** Writes the cells to be transformed, in one go: the normal cell, then the reduction cell. */
  write(engine: Device, cells: readonly Cell[]): void;
}

/** One distribution for every row of `logits` (edges, actions), over the actions that the mask allows. */
export function edgeProbabilities(tape: Tape, logits: Tensor, mask: Tensor | null): Tensor {
  if (!mask) return tape.apply(softmax, { x: logits }, {});
  return tape.apply(maskedSoftmax, { x: logits, mask }, {});
}

/** Shape of the mask that a policy writes for an architecture; empty where its space needs none. */
export const maskShape = ({ masked, count }: ActionSpace, edges: number): Shape => [
  masked ? edges : 0,
  count,
];

/** Writes the mask of cells into an array (edges, actions). */
export function fillMask(mask: Int32Array, cells: readonly Cell[], space: ActionSpace): void {
  if (!space.masked) return;
  cells.flat().forEach(([op], edge) => mask.set(space.mask(op), edge * space.count));
}
