// What the trainer needs of a policy, whatever computes it: weights, what it reads of an architecture, and the
// probabilities of every action on every edge. The normal and the reduction cell go through a policy together.
import type { Engine } from '../../runtime/engine/engine.ts';
import type { ActionSpace } from '../arch/action_space.ts';
import type { Cell } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import { packTensors } from '../core/packed.ts';
import { type Step, writesOnly } from '../core/step.ts';
import type { Tape } from '../core/tape.ts';
import type { DType, Shape, Tensor } from '../core/tensor.ts';
import type { HostArray } from '../core/transfer.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { softmax } from '../ops/policy/softmax.ts';

export interface PolicyOptions {
  /** The operations of the cells, in the order of the policy's embeddings. */
  readonly primitives: readonly Primitive[];
  /** Intermediate nodes of a cell. */
  readonly nodes: number;
  readonly space: ActionSpace;
  /** GCN: divides the rows of the adjacency matrix by their sums. */
  readonly normalizeAdjacency: boolean;
}

/** A normal and a reduction cell go through a policy at a time. */
export const CELLS = 2;

/** A tensor that a policy reads; i32 unless given. */
export interface Feature {
  readonly shape: Shape;
  readonly dtype?: DType;
}

/** `E` names what a policy reads of an architecture, `C` what it reads that never changes. */
export interface Policy<E extends string = string, C extends string = string> {
  /** theta; a policy that does not learn has none. */
  readonly weights: ParameterStore;
  /** Edges of all cells that go through the policy together. */
  readonly edges: number;
  readonly space: ActionSpace;
  readonly features: Readonly<Record<E, Feature>>;
  readonly constants: Readonly<Record<C, Feature & { readonly data: HostArray }>>;
  /** The features of the cells to be transformed: of the normal cell, then of the reduction cell. */
  encode(cells: readonly Cell[]): Readonly<Record<E, HostArray>>;
  /**
   * Records the probabilities, (edges, actions). The weights must be allocated.
   * @param mask 1 where an edge may take an action, i32 (edges, actions); null where every edge may take every action
   */
  probabilities(tape: Tape, features: Readonly<Record<E | C, Tensor>>, mask: Tensor | null): Tensor;
}

/** A policy's features in memory. */
export interface PolicyMemory {
  readonly features: Readonly<Record<string, Tensor>>;
  readonly mask: Tensor | null;
  /** Action taken on every edge, i32 (edges). */
  readonly actions: Tensor;
  /** Writes the constants: once, before anything is read. */
  readonly initialise: Step;
  /** Writes the features and the mask of these cells. */
  encode(cells: readonly Cell[]): Step;
}

/** Makes the memory of what a policy reads: all that changes with the architecture lies side by side. */
export function allocatePolicy(engine: Engine, policy: Policy): PolicyMemory {
  const { edges, space, features, constants } = policy;
  const mask: Feature = { shape: [space.masked ? edges : 0, space.count] };
  const changing = pack(engine, 'policy features', { ...features, mask });
  const fixed = pack(engine, 'policy constants', { ...constants, actions: { shape: [edges] } });
  const { mask: maskTensor, ...encoded } = changing.tensors;
  const { actions, ...constant } = fixed.tensors;
  const data = Object.entries(constants).map(([name, { data }]) => [name, data] as const);
  return {
    features: { ...encoded, ...constant },
    mask: space.masked ? maskTensor! : null,
    actions: actions!,
    initialise: fixed.write(Object.fromEntries(data)),
    encode: (cells) => changing.write({ ...policy.encode(cells), mask: encodeMask(space, cells) }),
  };
}

/** Tensors in one buffer that are written together. */
function pack(engine: Engine, label: string, features: Readonly<Record<string, Feature>>) {
  const names = Object.keys(features);
  const shapes = names.map((name) => features[name]!.shape);
  const { whole, tensors } = packTensors(engine, label, shapes);
  const typed = names.map((name, i): [string, Tensor] => [
    name,
    { ...tensors[i]!, dtype: features[name]!.dtype ?? 'i32' },
  ]);
  const write = (values: Readonly<Record<string, HostArray>>): Step => {
    const data = new Uint8Array(whole.bytes);
    for (const [name, { offset }] of typed) {
      const value = values[name];
      if (value) data.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), offset);
    }
    return writesOnly({ region: whole, data });
  };
  return { tensors: Object.fromEntries(typed) as Record<string, Tensor>, write };
}

/** Which actions every edge may take, (edges, actions); empty where all may take all. */
function encodeMask(space: ActionSpace, cells: readonly Cell[]): Int32Array<ArrayBuffer> {
  if (!space.masked) return new Int32Array(0);
  return Int32Array.from(cells.flat().flatMap(([op]) => [...space.mask(op)]));
}

/** One distribution for every row of `logits` (edges, actions), over the actions that the mask allows. */
export const edgeProbabilities = (tape: Tape, logits: Tensor, mask: Tensor | null): Tensor =>
  tape.apply(softmax, { x: logits, mask });
