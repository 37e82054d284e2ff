// The three parts of NAO (Luo et al., "Neural Architecture Optimization", NeurIPS 2018, section 3.2), over sequences of T
// tokens. N sequences go through them together.
//   encoder    an LSTM; the architecture is e = (h_1, ..., h_T), each of length 1
//   predictor  f(e): two linear layers with a ReLU between, of h_1 to h_T side by side
//   decoder    an LSTM that begins with the mean of h_1 to h_T and reads the token before; its states s_r look at e by attention:
//              context_r = sum_t softmax_t(s_r . h_t) h_t,  logits_r = W [s_r; context_r] + b
// The paper's predictor reads the mean. The gradient of a mean is the same for all states, whatever their place, and a
// step along it hardly ever leads to a better architecture (docs/method.md).
import { concat } from '../ops/elementwise/concat.ts';
import { relu } from '../ops/elementwise/unary.ts';
import { batchMatmul } from '../ops/matmul/batch_matmul.ts';
import { linear } from '../ops/matmul/linear.ts';
import { normalizeRows } from '../ops/norm/normalize_rows.ts';
import { embedding } from '../ops/policy/embedding.ts';
import { softmax } from '../ops/policy/softmax.ts';
import { lstm } from '../nn/lstm.ts';
import { fanInUniform, type Init, type Parameter, ParameterStore } from '../nn/parameters.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { TokenLayout } from './tokens.ts';

export interface NaoSizes {
  /** E: length of a token's embedding. */
  readonly embedding: number;
  /** H: length of the states of encoder and decoder. */
  readonly hidden: number;
  /** Features between the predictor's two layers. */
  readonly predictor: number;
}

export type NaoParameter =
  | 'encoderEmbedding'
  | 'encoderInput'
  | 'encoderHidden'
  | 'encoderBias'
  | 'predictorWeight0'
  | 'predictorBias0'
  | 'predictorWeight1'
  | 'predictorBias1'
  | 'decoderEmbedding'
  | 'decoderInput'
  | 'decoderHidden'
  | 'decoderBias'
  | 'outputWeight'
  | 'outputBias';

export interface NaoModel {
  readonly layout: TokenLayout;
  readonly sizes: NaoSizes;
  readonly weights: ParameterStore<true>;
  readonly parameters: Readonly<Record<NaoParameter, Parameter>>;
}

/** The weights in a recording. */
export type NaoWeights = (name: NaoParameter) => Tensor;

const standardNormal: Init = { kind: 'normal', std: 1 };

/** Declares the weights. */
export function declareNao(layout: TokenLayout, sizes: NaoSizes): NaoModel {
  const { embedding: e, hidden: h, predictor } = sizes;
  const { vocabulary } = layout;
  const weights = new ParameterStore('policy weights', true);
  const declare = weights.declare.bind(weights);
  const uniform = fanInUniform(h);
  const parameters = {
    encoderEmbedding: declare('encoder.embedding.weight', [vocabulary, e], standardNormal),
    encoderInput: declare('encoder.lstm.weight_ih', [4 * h, e], uniform),
    encoderHidden: declare('encoder.lstm.weight_hh', [4 * h, h], uniform),
    encoderBias: declare('encoder.lstm.bias', [4 * h], uniform),
    predictorWeight0: declare(
      'predictor.0.weight',
      [predictor, layout.places.length * h],
      fanInUniform(layout.places.length * h),
    ),
    predictorBias0: declare('predictor.0.bias', [predictor], fanInUniform(layout.places.length * h)),
    predictorWeight1: declare('predictor.1.weight', [1, predictor], fanInUniform(predictor)),
    predictorBias1: declare('predictor.1.bias', [1], fanInUniform(predictor)),
    decoderEmbedding: declare('decoder.embedding.weight', [vocabulary, e], standardNormal),
    decoderInput: declare('decoder.lstm.weight_ih', [4 * h, e], uniform),
    decoderHidden: declare('decoder.lstm.weight_hh', [4 * h, h], uniform),
    decoderBias: declare('decoder.lstm.bias', [4 * h], uniform),
    outputWeight: declare('decoder.out.weight', [vocabulary, 2 * h], fanInUniform(2 * h)),
    outputBias: declare('decoder.out.bias', [vocabulary], fanInUniform(2 * h)),
  };
  return { layout, sizes, weights, parameters };
}

/** Weights that gradients flow to. */
export const learning =
  ({ parameters }: NaoModel): NaoWeights =>
  (name) =>
    parameters[name].tensor;

/** The same weights where nothing is learnt. */
export const fixed =
  ({ parameters }: NaoModel): NaoWeights =>
  (name) => {
    const { grad: _, ...tensor } = parameters[name].tensor;
    return tensor;
  };

/**
 * The architectures e, (N,T,H).
 * @param tokens i32 (T*N): the first token of every sequence, then the second ones
 * @param sequences N
 */
export function recordEncoder(tape: Tape, p: NaoWeights, tokens: Tensor, sequences: number): Tensor {
  const h = p('encoderHidden').shape[1]!;
  const steps = tokens.shape[0]! / sequences;
  const x = tape.apply(embedding, { weight: p('encoderEmbedding'), index: tokens });
  const added = tape.apply(linear, { x, weight: p('encoderInput'), bias: p('encoderBias') });
  const cell = tape.zeros('first state', [sequences, h]);
  const states = lstm(tape, added, p('encoderHidden'), { hidden: null, cell });
  const rows = tape.apply(normalizeRows, { x: tape.reshape(states, [sequences * steps, h]) });
  return tape.reshape(rows, [sequences, steps, h]);
}

/** The mean of h_1 to h_T, (N,H). @param share 1/T, (N,1,T) */
export function recordMean(tape: Tape, states: Tensor, share: Tensor): Tensor {
  const [sequences, , h] = states.shape as [number, number, number];
  return tape.reshape(tape.apply(batchMatmul, { a: share, b: states }), [sequences, h]);
}

/** Predicted accuracies, (N). @param states (N,T,H) */
export function recordPredictor(tape: Tape, p: NaoWeights, states: Tensor): Tensor {
  const [sequences, steps, h] = states.shape as [number, number, number];
  const flat = tape.reshape(states, [sequences, steps * h]);
  const first = tape.apply(linear, { x: flat, weight: p('predictorWeight0'), bias: p('predictorBias0') });
  const x = tape.apply(relu, { x: first });
  const out = tape.apply(linear, { x, weight: p('predictorWeight1'), bias: p('predictorBias1') });
  return tape.reshape(out, [sequences]);
}

/** What tokens add to the decoder's gates, a row a token. */
export function recordDecoderInput(tape: Tape, p: NaoWeights, tokens: Tensor): Tensor {
  const x = tape.apply(embedding, { weight: p('decoderEmbedding'), index: tokens });
  return tape.apply(linear, { x, weight: p('decoderInput'), bias: p('decoderBias') });
}

/** Scores of all tokens, (N*R,V), sequence after sequence. @param said states of the decoder, (N,R,H) */
export function recordTokenLogits(tape: Tape, p: NaoWeights, said: Tensor, states: Tensor): Tensor {
  const [sequences, steps, h] = said.shape as [number, number, number];
  const rows = sequences * steps;
  const seen = states.shape[1]!;
  const scores = tape.apply(batchMatmul, { a: said, b: states }, { transposed: true });
  const attention = tape.apply(softmax, { x: tape.reshape(scores, [rows, seen]), mask: null });
  const context = tape.apply(batchMatmul, {
    a: tape.reshape(attention, [sequences, steps, seen]),
    b: states,
  });
  const x = tape.apply(concat, { x0: tape.reshape(said, [rows, h]), x1: tape.reshape(context, [rows, h]) });
  return tape.apply(linear, { x, weight: p('outputWeight'), bias: p('outputBias') });
}

/**
 * The decoder where the sequences are known: scores (N*T,V), sequence after sequence.
 * @param before the token before each, i32 (T*N), in order of place and sequence
 * @param mean of the states, (N,H)
 */
export function recordDecoder(
  tape: Tape,
  p: NaoWeights,
  states: Tensor,
  mean: Tensor,
  before: Tensor,
): Tensor {
  const [sequences, steps, h] = states.shape as [number, number, number];
  const added = recordDecoderInput(tape, p, before);
  const said = lstm(tape, added, p('decoderHidden'), { hidden: mean, cell: mean });
  return recordTokenLogits(tape, p, tape.reshape(said, [sequences, steps, h]), states);
}
