// A policy as NAS methods before NAT have it (section 3.3, "Differences with LSTM"): the edges of the normal and then
// of the reduction cell are one sequence of tokens, and an LSTM reads it. Step t sees edge t and those before it, not
// the graph:  x_t = [embedding of the operation; embedding of the source],  h_t, c_t = LSTM(x_t, h_t-1, c_t-1),
// logits_t = W h_t + b.
import { concat } from '../ops/elementwise/concat.ts';
import { embedding } from '../ops/policy/embedding.ts';
import { linear } from '../ops/matmul/linear.ts';
import { lstmHidden, lstmState } from '../ops/policy/lstm_cell.ts';
import { sliceRows } from '../ops/elementwise/slice_rows.ts';
import { fanInUniform, type Init, type Parameter, ParameterStore } from '../nn/parameters.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { edgesOf } from './graph.ts';
import { CELLS, edgeProbabilities, type Policy, type PolicyOptions } from './policy.ts';

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
  readonly weights: ParameterStore;
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

/** The sequence on the GPU, one token an edge. */
export interface SequenceTensors {
  /** Primitive index of every edge, i32 (edges). */
  readonly operations: Tensor;
  /** Node that the edge leaves, i32 (edges). */
  readonly sources: Tensor;
  /** The state before the first token: zeros (1,H). */
  readonly start: Tensor;
}

export function lstmPolicy({
  primitives,
  nodes,
  space,
}: PolicyOptions): Policy<'operations' | 'sources', 'start'> {
  const edges = edgesOf({ graphs: CELLS, nodes });
  const counts = { primitives: primitives.length, sources: nodes + 1, actions: space.count };
  const model = buildLstm({ ...counts, ...SIZES });
  return {
    weights: model.weights,
    edges,
    space,
    features: { operations: { shape: [edges] }, sources: { shape: [edges] } },
    constants: { start: { shape: [1, SIZES.hidden], dtype: 'f32', data: new Float32Array(SIZES.hidden) } },
    encode: (cells) => ({
      operations: Int32Array.from(cells.flat(), ([op]) => primitives.indexOf(op)),
      sources: Int32Array.from(cells.flat(), ([, from]) => from),
    }),
    probabilities: (tape, sequence, mask) => lstmProbabilities(tape, model, sequence, mask),
  };
}

/** Records the policy: probabilities (edges, actions). */
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

  let state = start;
  const outputs: Tensor[] = [];
  for (let step = 0; step < edges; step++) {
    const row = tape.apply(sliceRows, { x: added }, { begin: step, end: step + 1 });
    const before = outputs.at(-1);
    // To the product with the state before, the token's part is a bias.
    const bias = tape.reshape(row, [4 * hidden]);
    const gates = before ? tape.apply(linear, { x: before, weight: p('hiddenWeight'), bias }) : row;
    state = tape.apply(lstmState, { gates, c: state });
    outputs.push(tape.apply(lstmHidden, { gates, c: state }));
  }
  const stacked = tape.reshape(joinColumns(tape, outputs), [edges, hidden]);
  const logits = tape.apply(linear, { x: stacked, weight: p('outputWeight'), bias: p('outputBias') });
  return edgeProbabilities(tape, logits, mask);
}

/** Inputs of one concatenation. */
const JOINED_AT_ONCE = 32;

/** (1,H) each -> (1, H times their number). */
function joinColumns(tape: Tape, parts: readonly Tensor[]): Tensor {
  if (parts.length === 1) return parts[0]!;
  const joined: Tensor[] = [];
  for (let at = 0; at < parts.length; at += JOINED_AT_ONCE) {
    const group = parts.slice(at, at + JOINED_AT_ONCE);
    joined.push(tape.apply(concat, Object.fromEntries(group.map((x, k) => [`x${k}`, x]))));
  }
  return joinColumns(tape, joined);
}
