// The policy learners of section 4.4: the paper's GCN, an LSTM, and random search, which has nothing to learn.
import type { Device } from '../../runtime/engine/engine.ts';
import type { ActionSpace } from '../arch/action_space.ts';
import type { Cell } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { numel, type Tensor } from '../core/tensor.ts';
import { buildGcn, GCN_DEFAULTS, gcnProbabilities } from './gcn_policy.ts';
import { edgesOf } from './graph.ts';
import { allocateGraph, writeFixedGraph, writeGraph } from './graph_tensors.ts';
import { allocateImage } from './host_image.ts';
import { buildLstm, LSTM_DEFAULTS, lstmProbabilities } from './lstm_policy.ts';
import { fillMask, maskShape, type Policy } from './policy.ts';

export interface PolicyOptions {
  /** The operations of the cells, in the order of the policy's embeddings. */
  readonly primitives: readonly Primitive[];
  /** Intermediate nodes of a cell. */
  readonly nodes: number;
  readonly space: ActionSpace;
  /** GCN: divides the rows of the adjacency matrix by their sums. */
  readonly normalizeAdjacency: boolean;
}

/** A normal and a reduction cell at a time. */
const CELLS = 2;

function gcnPolicy({ primitives, nodes, space, normalizeAdjacency }: PolicyOptions): Policy {
  const size = { graphs: CELLS, nodes };
  const model = buildGcn({ primitives: primitives.length, actions: space.count, ...GCN_DEFAULTS });
  return {
    weights: model.weights,
    edges: edgesOf(size),
    space,
    allocate(engine) {
      const graph = allocateGraph(engine, size, space);
      return {
        actions: graph.actions,
        mask: graph.mask,
        probabilities: (tape) => gcnProbabilities(tape, model, size, graph.tensors, graph.mask),
        prepare: (gpu) => writeFixedGraph(gpu, graph, normalizeAdjacency),
        write: (gpu, cells) => writeGraph(gpu, graph, cells, primitives, space),
      };
    },
  };
}

function lstmPolicy({ primitives, nodes, space }: PolicyOptions): Policy {
  const edges = edgesOf({ graphs: CELLS, nodes });
  const sizes = { primitives: primitives.length, sources: nodes + 1, actions: space.count };
  const model = buildLstm({ ...sizes, ...LSTM_DEFAULTS });
  return {
    weights: model.weights,
    edges,
    space,
    allocate(engine) {
      const shapes = { operations: [edges], sources: [edges], mask: maskShape(space, edges) };
      const { tensors, arrays, write } = allocateImage(engine, 'policy sequence', shapes);
      const fixed = allocateImage(engine, 'policy sequence, fixed', {
        actions: [edges],
        start: [1, model.config.hidden],
      });
      const start: Tensor = { ...fixed.tensors.start, dtype: 'f32' };
      const mask = space.masked ? tensors.mask : null;
      return {
        actions: fixed.tensors.actions,
        mask,
        probabilities: (tape) => lstmProbabilities(tape, model, { ...tensors, start }, mask),
        prepare: (gpu) => gpu.write(start, new Float32Array(numel(start.shape))),
        write(gpu, cells) {
          cells.flat().forEach(([op, from], edge) => {
            arrays.operations[edge] = primitives.indexOf(op);
            arrays.sources[edge] = from;
          });
          fillMask(arrays.mask, cells, space);
          write(gpu);
        },
      };
    },
  };
}

/** Every allowed action is equally probable. */
function randomPolicy({ nodes, space }: PolicyOptions): Policy {
  const edges = edgesOf({ graphs: CELLS, nodes });
  return {
    weights: new ParameterStore('policy weights', true),
    edges,
    space,
    allocate(engine) {
      const { tensors, arrays, write } = allocateImage(engine, 'random policy', {
        probabilities: [edges, space.count],
        mask: maskShape(space, edges),
        actions: [edges],
      });
      const { buffer, byteOffset, length } = arrays.probabilities;
      const probabilities = new Float32Array(buffer, byteOffset, length);
      return {
        actions: tensors.actions,
        mask: space.masked ? tensors.mask : null,
        probabilities: () => ({ ...tensors.probabilities, dtype: 'f32' }),
        prepare: () => {},
        write(gpu: Device, cells: readonly Cell[]) {
          cells.flat().forEach(([op], edge) => {
            const allowed = space.mask(op);
            const share = 1 / allowed.reduce((sum, bit) => sum + bit);
            allowed.forEach((bit, action) => (probabilities[edge * space.count + action] = bit * share));
          });
          fillMask(arrays.mask, cells, space);
          write(gpu);
        },
      };
    },
  };
}

/** By the name that `--policy` takes. */
const POLICIES = { gcn: gcnPolicy, lstm: lstmPolicy, random: randomPolicy };

export type PolicyKind = keyof typeof POLICIES;

export const POLICY_KINDS = Object.keys(POLICIES) as readonly PolicyKind[];

export const createPolicy = (kind: PolicyKind, options: PolicyOptions): Policy => POLICIES[kind](options);
