// The policy pi(. | beta; theta) of section 3.3: a two-layer graph convolution over the architecture's graph, and a
// softmax over the actions of every edge. Equation (3), with the reference's biases:
//   Z = softmax(fc(A relu(A X W0 + b0) W1 + b1)),  X = Linear(node and operation embeddings)
// The directed adjacency puts [X, A_in X, A_out X] in the place of A X, with weights for each of the three. Read out by
// cell, fc takes what relu leaves of the second convolution at all nodes of a cell, and scores all of its edges.
import { embedding } from '../ops/policy/embedding.ts';
import { linear } from '../ops/matmul/linear.ts';
import { relu } from '../ops/elementwise/unary.ts';
import { concat } from '../ops/elementwise/concat.ts';
import { sliceRows } from '../ops/elementwise/slice_rows.ts';
import { spmmCsr } from '../ops/matmul/spmm_csr.ts';
import { fanInUniform, type Init, type Parameter, ParameterStore } from '../nn/parameters.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { SparseArrays } from '../ops/matmul/csr.ts';
import { adjacencyOf, entriesOf, gatheredBy, PAPER_ADJACENCY } from './adjacency.ts';
import { edgesOf, type GraphSize, operationsOf, verticesOf } from './graph.ts';
import { edgeProbabilities, graphsOf, type Policy, type PolicyOptions, type Readout } from './policy.ts';

export interface GcnSizes {
  /** E: length of an operation's embedding. */
  readonly embedding: number;
  /** F: features of a vertex. */
  readonly features: number;
  /** Features after the first and the second graph convolution. */
  readonly hidden: readonly [number, number];
}

/** The reference's sizes. */
const REFERENCE_SIZES: GcnSizes = { embedding: 100, features: 1024, hidden: [100, 100] };

type GcnParameter =
  | 'nodeEmbedding'
  | 'opEmbedding'
  | 'featureWeight'
  | 'featureBias'
  | 'weight0'
  | 'bias0'
  | 'weight1'
  | 'bias1'
  | 'outputWeight'
  | 'outputBias';

const standardNormal: Init = { kind: 'normal', std: 1 };

/** Declares theta under the reference's names. */
function declareParameters(
  weights: ParameterStore<true>,
  primitives: number,
  { embedding: e, features: f, hidden }: GcnSizes,
  gathered: number,
  readout: { readonly inputs: number; readonly outputs: number },
): Readonly<Record<GcnParameter, Parameter>> {
  const declare = weights.declare.bind(weights);
  // Graph convolutions are (in, out) and begin uniform in +-1/sqrt(out), as the GCN paper's code does.
  return {
    weight0: declare('gc1.weight', [gathered * f, hidden[0]], fanInUniform(hidden[0])),
    bias0: declare('gc1.bias', [hidden[0]], fanInUniform(hidden[0])),
    weight1: declare('gc2.weight', [gathered * hidden[0], hidden[1]], fanInUniform(hidden[1])),
    bias1: declare('gc2.bias', [hidden[1]], fanInUniform(hidden[1])),
    outputWeight: declare('fc.weight', [readout.outputs, readout.inputs], fanInUniform(readout.inputs)),
    outputBias: declare('fc.bias', [readout.outputs], fanInUniform(readout.inputs)),
    nodeEmbedding: declare('node_hidden.weight', [2, 2 * e], standardNormal),
    opEmbedding: declare('op_hidden.weight', [primitives, e], standardNormal),
    featureWeight: declare('emb_attn.weight', [f, 2 * e], fanInUniform(2 * e)),
    featureBias: declare('emb_attn.bias', [f], fanInUniform(2 * e)),
  };
}

/** What it reads of an architecture: the operation on every edge, the adjacency matrix and its transpose. */
type GraphFeature = 'operations' | keyof SparseArrays;

type GraphTensors = Readonly<Record<GraphFeature | 'inputNodes', Tensor>>;

/** The paper's policy: `sizes` are the authors' unless given. */
export function gcnPolicy(
  options: PolicyOptions,
  sizes = REFERENCE_SIZES,
): Policy<GraphFeature, 'inputNodes'> {
  const { primitives, nodes, space, adjacency = PAPER_ADJACENCY, readout = 'node' } = options;
  const { batch = 1, fixed = [] } = options;
  const size = { graphs: graphsOf(options), nodes };
  const [edges, vertices] = [edgesOf(size), verticesOf(size)];
  const entries = entriesOf(adjacency.kind, size);
  const gathered = gatheredBy(adjacency.kind);
  const weights = new ParameterStore('policy weights', true);
  const together = readout === 'cell' ? nodes : 1;
  const parameters = declareParameters(weights, primitives.length, sizes, gathered, {
    inputs: together * sizes.hidden[1],
    outputs: together * 2 * space.count,
  });
  const p = (name: GcnParameter): Tensor => parameters[name].tensor;
  const inputNodes = Int32Array.from({ length: 2 * size.graphs }, (_, i) => i % 2);
  return {
    weights,
    batch,
    edges,
    space,
    fixed,
    features: {
      operations: { shape: [edges] },
      values: { shape: [entries], dtype: 'f32' },
      rowPointers: { shape: [gathered * vertices + 1] },
      columns: { shape: [entries] },
      transposedValues: { shape: [entries], dtype: 'f32' },
      transposedPointers: { shape: [vertices + 1] },
      transposedColumns: { shape: [entries] },
    },
    constants: { inputNodes: { shape: [inputNodes.length], data: inputNodes } },
    encode: (cells) => ({
      operations: operationsOf(cells, primitives),
      ...adjacencyOf(adjacency, size, cells),
    }),
    probabilities: (tape, graph, mask) =>
      edgeProbabilities(
        tape,
        recordLogits(tape, p, size, graph, sizes.embedding, space.count, readout),
        mask,
      ),
  };
}

/** Scores (edges, actions) in order of graph and edge. */
function recordLogits(
  tape: Tape,
  p: (name: GcnParameter) => Tensor,
  size: GraphSize,
  graph: GraphTensors,
  e: number,
  actions: number,
  readout: Readout,
): Tensor {
  const edges = edgesOf(size);
  const inputNodes = 2 * size.graphs;
  const asImage = (x: Tensor, rows: number, columns: number): Tensor =>
    tape.reshape(x, [1, rows, 1, columns]);

  // X, (vertices, 2E): input nodes have embeddings of their own, others those of their two incoming operations.
  const inputRows = tape.apply(embedding, { weight: p('nodeEmbedding'), index: graph.inputNodes });
  const opRows = tape.apply(embedding, { weight: p('opEmbedding'), index: graph.operations });
  const rows = { x0: asImage(inputRows, inputNodes, 2 * e), x1: asImage(opRows, edges / 2, 2 * e) };
  const stacked = tape.apply(concat, rows, { mask: [true, true] });
  const x = tape.reshape(stacked, [verticesOf(size), 2 * e]);

  const features = tape.apply(linear, { x, weight: p('featureWeight'), bias: p('featureBias') });
  const first = tape.apply(relu, {
    x: graphConvolution(tape, graph, features, p('weight0'), p('bias0')),
  });
  const second = graphConvolution(tape, graph, first, p('weight1'), p('bias1'));

  const intermediate = tape.apply(sliceRows, { x: second }, { begin: inputNodes });
  const weight = p('outputWeight');
  const read = readout === 'cell' ? cellFeatures(tape, intermediate, size) : intermediate;
  const logits = tape.apply(linear, { x: read, weight, bias: p('outputBias') });
  return tape.reshape(logits, [edges, actions]);
}

/** (graphs nodes, features) -> (graphs, nodes features), without what is below 0. */
function cellFeatures(tape: Tape, x: Tensor, { graphs, nodes }: GraphSize): Tensor {
  return tape.reshape(tape.apply(relu, { x }), [graphs, nodes * x.shape[1]!]);
}

/** A (X W) + b, or (A X) W + b where A gathers several things for a vertex. */
function graphConvolution(tape: Tape, graph: GraphTensors, x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [vertices, features] = x.shape as [number, number];
  const { operations: _, inputNodes: __, ...matrix } = graph;
  const attrs = { weightLayout: 'in_out' } as const;
  if (weight.shape[0] === features) {
    const support = tape.apply(linear, { x, weight, bias: null }, attrs);
    return tape.apply(spmmCsr, { ...matrix, x: support, bias });
  }
  const gathered = tape.apply(spmmCsr, { ...matrix, x, bias: null });
  const joined = tape.reshape(gathered, [vertices, weight.shape[0]!]);
  return tape.apply(linear, { x: joined, weight, bias }, attrs);
}
