// What the trainer needs of a policy, whatever computes it: weights, what it reads of an architecture, and the
// probabilities of every action on every edge. The cells of an architecture go through a policy together, and so may
// several architectures, which do not see one another.
import type { Engine } from '../../runtime/engine/engine.ts';
import type { ActionSpace } from '../arch/action_space.ts';
import type { Cell } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import { createTensor } from '../core/allocator.ts';
import { packTensors } from '../core/packed.ts';
import { type Step, writesOnly } from '../core/step.ts';
import type { Tape } from '../core/tape.ts';
import type { DType, Shape, Tensor } from '../core/tensor.ts';
import type { HostArray } from '../core/transfer.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { softmax } from '../ops/policy/softmax.ts';
import type { Adjacency } from './adjacency.ts';

/**
 * `node`: from the features of the node that the edge enters, with the same weights for every node (the paper).
 * `cell`: from those of all nodes of its cell, with weights for each edge.
 */
export const READOUTS = ['node', 'cell'] as const;

/** Whose features the logits of an edge are made of: those of one node, or of all nodes of the cell. */
export type Readout = (typeof READOUTS)[number];

/** The cells that a policy sees, and what it may make of them. */
export interface PolicyOptions {
  /** The operations of the cells, in the order of the policy's embeddings. */
  readonly primitives: readonly Primitive[];
  /** Intermediate nodes of a cell. */
  readonly nodes: number;
  readonly space: ActionSpace;
  /** GCN: what its convolutions multiply by; the paper's matrix unless given. */
  readonly adjacency?: Adjacency;
  /** GCN: from what it scores an edge; `node` unless given. */
  readonly readout?: Readout;
  /** Architectures that go through the policy at a time; 1 unless given. */
  readonly batch?: number;
  /** Cells of an architecture; 2 unless given, the normal and the reduction cell. */
  readonly cells?: number;
  /**
   * Edges that always stay as they are and count in no probability, by their number among all edges of an architecture;
   * none unless given.
   */
  readonly fixed?: readonly number[];
}

/** Cells that go through a policy at a time, architecture after architecture. */
export const graphsOf = ({ batch = 1, cells = 2 }: PolicyOptions): number => batch * cells;

/** A tensor that a policy reads; i32 unless given. */
export interface Feature {
  readonly shape: Shape;
  readonly dtype?: DType;
}

/** `E` names what a policy reads of an architecture, `C` what it reads that never changes. */
export interface Policy<E extends string = string, C extends string = string> {
  /** theta; a policy that does not learn has none. */
  readonly weights: ParameterStore<true>;
  /** Architectures that go through the policy together. */
  readonly batch: number;
  /** Edges of all their cells, architecture after architecture. */
  readonly edges: number;
  readonly space: ActionSpace;
  /** Edges of every architecture that stay as they are. */
  readonly fixed: readonly number[];
  readonly features: Readonly<Record<E, Feature>>;
  readonly constants: Readonly<Record<C, Feature & { readonly data: HostArray }>>;
  /**
   * The features of the cells to be transformed: those of an architecture, then those of the next.
   * @param allowed what `allowedActions` says of these cells
   */
  encode(cells: readonly Cell[], allowed: readonly Uint8Array[]): Readonly<Record<E, HostArray>>;
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
  /** Actions taken, i32 (samples, edges). */
  readonly actions: Tensor;
  /** Writes the constants: once, before anything is read. */
  readonly initialise: Step;
  /**
   * Writes the features and the mask of these cells.
   * @param allowed what `allowedActions` says of them, where that is known already
   */
  encode(cells: readonly Cell[], allowed?: readonly Uint8Array[]): Step;
}

/**
 * Makes the memory of what a policy reads: all that changes with the architecture lies side by side.
 * @param samples transformations of an architecture whose actions are kept
 */
export function allocatePolicy(engine: Engine, policy: Policy, samples = 1): PolicyMemory {
  const { edges, space, features, constants } = policy;
  const masked = space.masked || policy.fixed.length > 0;
  const mask: Feature = { shape: [masked ? edges : 0, space.count] };
  const changing = pack(engine, 'policy features', { ...features, mask });
  const { mask: maskTensor, ...encoded } = changing.tensors;
  const constant = Object.entries(constants).map(([name, { shape, dtype = 'i32', data }]) => {
    return { name, data, region: createTensor(engine, `policy ${name}`, shape, dtype) };
  });
  return {
    features: { ...encoded, ...Object.fromEntries(constant.map(({ name, region }) => [name, region])) },
    mask: masked ? maskTensor! : null,
    actions: createTensor(engine, 'actions', [samples, edges], 'i32'),
    initialise: writesOnly(...constant),
    encode(cells, allowed = allowedActions(policy, cells)) {
      const bits = masked ? allowed.flatMap((actions) => [...actions]) : [];
      return changing.write({ ...policy.encode(cells, allowed), mask: Int32Array.from(bits) });
    },
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

/** For every edge of an architecture, or of several, 1 at each action that it may take. */
export function allowedActions(
  { space, fixed, edges, batch }: Pick<Policy, 'space' | 'fixed' | 'edges' | 'batch'>,
  cells: readonly Cell[],
): Uint8Array[] {
  return cells.flat().map(([op], edge) => {
    if (!fixed.includes(edge % (edges / batch))) return space.mask(op);
    const mask = new Uint8Array(space.count);
    mask[mask.findIndex((_, action) => space.target(op, action) === op)] = 1;
    return mask;
  });
}

/** One distribution for every row of `logits` (edges, actions), over the actions that the mask allows. */
export const edgeProbabilities = (tape: Tape, logits: Tensor, mask: Tensor | null): Tensor =>
  tape.apply(softmax, { x: logits, mask });
