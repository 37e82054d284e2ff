// A policy as NAS methods before NAT have it (section 3.3, "Differences with LSTM"): the edges of the normal and then
// of the reduction cell are one sequence of tokens, and an LSTM reads it. Step t sees edge t and those before it, not
// the graph:  x_t = [embedding of the operation; embedding of the source],  h_t, c_t = LSTM(x_t, h_t-1, c_t-1),
// logits_t = W h_t + b.
import { concat } from '../ops/elementwise/concat.ts';
import { embedding } from '../ops/policy/embedding.ts';
import { linear } from '../ops/matmul/linear.ts';
import { lstm } from '../nn/lstm.ts';
import { fanInUniform, type Init, type Parameter, ParameterStore } from '../nn/parameters.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { edgesOf } from './graph.ts';
import { edgeProbabilities, graphsOf, type Policy, type PolicyOptions } from './policy.ts';

export interface LstmConfig {
  readonly primitives: number;
  /** Nodes that an edge can leave. */
  readonly sources: number;
  readonly actions: number;
  /** E: length of the embedding of an operation, and of a source. */
  readonly embedding: number;
  /** H: length of the state. */
  readonly hidden: number;
}

const SIZES = { embedding: 100, hidden: 100 };

type LstmParameter =
  'opEmbedding' | 'sourceEmbedding' | 'inputWeight' | 'hiddenWeight' | 'bias' | 'outputWeight' | 'outputBias';

export interface LstmModel {
  readonly config: LstmConfig;
  readonly weights: ParameterStore<true>;
  readonly parameters: Readonly<Record<LstmParameter, Parameter>>;
}

const standardNormal: Init = { kind: 'normal', std: 1 };

/** Declares theta. */
export function buildLstm(config: LstmConfig): LstmModel {
  const { primitives, sources, actions, embedding: e, hidden: h } = config;
  const weights = new ParameterStore('policy weights', true);
  const declare = weights.declare.bind(weights);
  const uniform = fanInUniform(h);
  const parameters = {
    opEmbedding: declare('op_hidden.weight', [primitives, e], standardNormal),
    sourceEmbedding: declare('node_hidden.weight', [sources, e], standardNormal),
    inputWeight: declare('lstm.weight_ih', [4 * h, 2 * e], uniform),
    hiddenWeight: declare('lstm.weight_hh', [4 * h, h], uniform),
    bias: declare('lstm.bias', [4 * h], uniform),
    outputWeight: declare('fc.weight', [actions, h], uniform),
    outputBias: declare('fc.bias', [actions], uniform),
  };
  return { config, weights, parameters };
}

/** Sequences of one length on the GPU, a token an edge: the first tokens of all of them, then the second ones. */
export interface SequenceTensors {
  /** Primitive index of every edge, i32 (steps * sequences). */
  readonly operations: Tensor;
  /** Node that the edge leaves, i32 (steps * sequences). */
  readonly sources: Tensor;
  /** The states before the first token: zeros (sequences,H). */
  readonly start: Tensor;
}

/** What is in order of sequence and step, in order of step and sequence. */
const stepByStep = <T>(tokens: readonly T[], sequences: number): T[] => {
  const steps = tokens.length / sequences;
  return tokens.map((_, i) => tokens[(i % sequences) * steps + Math.floor(i / sequences)]!);
};

export function lstmPolicy(options: PolicyOptions): Policy<'operations' | 'sources', 'start'> {
  const { primitives, nodes, space, batch = 1, fixed = [] } = options;
  const edges = edgesOf({ graphs: graphsOf(options), nodes });
  const counts = { primitives: primitives.length, sources: nodes + 1, actions: space.count };
  const model = buildLstm({ ...counts, ...SIZES });
  const start = new Float32Array(batch * SIZES.hidden);
  return {
    weights: model.weights,
    batch,
    edges,
    space,
    fixed,
    features: { operations: { shape: [edges] }, sources: { shape: [edges] } },
    constants: { start: { shape: [batch, SIZES.hidden], dtype: 'f32', data: start } },
    encode(cells) {
      const tokens = stepByStep(cells.flat(), batch);
      return {
        operations: Int32Array.from(tokens, ([op]) => primitives.indexOf(op)),
        sources: Int32Array.from(tokens, ([, from]) => from),
      };
    },
    probabilities: (tape, sequence, mask) => lstmProbabilities(tape, model, sequence, mask),
  };
}

/** Records the policy: probabilities (edges, actions), sequence after sequence. */
export function lstmProbabilities(
  tape: Tape,
  model: LstmModel,
  { operations, sources, start }: SequenceTensors,
  mask: Tensor | null,
): Tensor {
  const { hidden } = model.config;
  const p = (name: LstmParameter): Tensor => model.parameters[name].tensor;
  const edges = operations.shape[0]!;
  const x0 = tape.apply(embedding, { weight: p('opEmbedding'), index: operations });
  const x1 = tape.apply(embedding, { weight: p('sourceEmbedding'), index: sources });
  const tokens = tape.apply(concat, { x0, x1 });
  // What the tokens add to the gates, for all steps at once: (edges, 4H).
  const added = tape.apply(linear, { x: tokens, weight: p('inputWeight'), bias: p('bias') });

  const outputs = lstm(tape, added, p('hiddenWeight'), { hidden: null, cell: start });
  const stacked = tape.reshape(outputs, [edges, hidden]);
  const logits = tape.apply(linear, { x: stacked, weight: p('outputWeight'), bias: p('outputBias') });
  return edgeProbabilities(tape, logits, mask);
}
