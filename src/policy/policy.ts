// What the trainer needs of a policy, whatever computes it: weights, and the probabilities of every action on every
// edge of the cells that were written last.
import type { GpuEngine } from '../../runtime/gpu_engine.ts';
import type { Engine } from '../../runtime/engine.ts';
import type { Cell } from '../nas/genotype.ts';
import type { Primitive } from '../nas/primitives.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import type { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { buildGcn, GCN_DEFAULTS, gcnProbabilities } from './gcn_policy.ts';
import { edgesOf, type GraphSize } from './graph.ts';
import { allocateGraph, writeFixedGraph, writeGraph } from './graph_tensors.ts';

/** A policy's memory on an engine. */
export interface PolicyInputs {
  /** Action taken on every edge, i32 (edges). */
  readonly actions: Tensor;
  /** Records the probabilities, (edges, actions). */
  probabilities(tape: Tape): Tensor;
  /** Writes what never changes. Once, before the first `write`. */
  prepare(engine: GpuEngine): void;
  /** Writes the cells to be transformed: one for each graph. */
  write(engine: GpuEngine, cells: readonly Cell[]): void;
}

export interface Policy {
  readonly weights: ParameterStore;
  /** Edges of all cells that go through the policy together. */
  readonly edges: number;
  readonly actions: number;
  /** Makes the memory of its inputs. The weights must be allocated before. */
  allocate(engine: Engine): PolicyInputs;
}

/** The number of actions: null, same, skip_connect. */
const ACTION_COUNT = 3;

/** The paper's policy, for a normal and a reduction cell of `nodes` nodes at a time. */
export function gcnPolicy(
  primitives: readonly Primitive[],
  nodes: number,
  normalizeAdjacency: boolean,
): Policy {
  const size: GraphSize = { graphs: 2, nodes };
  const model = buildGcn({ primitives: primitives.length, actions: ACTION_COUNT, ...GCN_DEFAULTS });
  return {
    weights: model.weights,
    edges: edgesOf(size),
    actions: ACTION_COUNT,
    allocate(engine) {
      const graph = allocateGraph(engine, size);
      return {
        actions: graph.actions,
        probabilities: (tape) => gcnProbabilities(tape, model, size, graph.tensors),
        prepare: (gpu) => writeFixedGraph(gpu, graph, normalizeAdjacency),
        write: (gpu, cells) => writeGraph(gpu, graph, cells, primitives),
      };
    },
  };
}
