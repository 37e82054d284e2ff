// NAO's model in float64, written down from its paper: one architecture at a time, vector by vector.

type Vector = readonly number[];

/** Weights by the names of their file. */
export type PlainWeights = Readonly<Record<string, Float64Array>>;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const plus = (a: Vector, b: Vector): number[] => a.map((value, i) => value + b[i]!);
const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const scaled = (a: Vector, factor: number): number[] => a.map((value) => value * factor);
const meanOf = (all: readonly Vector[]): number[] => scaled(all.reduce(plus), 1 / all.length);

/** x / |x|. */
export const unit = (x: Vector): number[] => scaled(x, 1 / Math.sqrt(dot(x, x)));

function softmax(x: Vector): number[] {
  const powers = x.map((value) => Math.exp(value - Math.max(...x)));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return scaled(powers, 1 / total);
}

export function plainNao(weights: PlainWeights) {
  const matrix = (name: string, x: Vector): number[] => {
    const w = weights[name]!;
    return Array.from({ length: w.length / x.length }, (_, i) =>
      dot(x, [...w.subarray(i * x.length, (i + 1) * x.length)]),
    );
  };
  const affine = (weight: string, bias: string, x: Vector): number[] =>
    plus(matrix(weight, x), [...weights[bias]!]);
  const hidden = weights['encoder.lstm.bias']!.length / 4;
  const zeros: Vector = Array.from({ length: hidden }, () => 0);

  const embedded = (table: string, token: number, vocabulary: number): number[] => {
    const width = weights[table]!.length / vocabulary;
    return [...weights[table]!.subarray(token * width, (token + 1) * width)];
  };

  function lstmStep(name: string, x: Vector, h: Vector, c: Vector): { h: Vector; c: Vector } {
    const gates = plus(affine(`${name}.weight_ih`, `${name}.bias`, x), matrix(`${name}.weight_hh`, h));
    const [input, forget, cell, output] = [0, 1, 2, 3].map((k) => gates.slice(k * hidden, (k + 1) * hidden));
    const next = c.map(
      (value, i) => sigmoid(forget![i]!) * value + sigmoid(input![i]!) * Math.tanh(cell![i]!),
    );
    return { h: next.map((value, i) => sigmoid(output![i]!) * Math.tanh(value)), c: next };
  }

  const vocabulary = weights['decoder.out.bias']!.length;

  /** e: h_1, ..., h_T. */
  function encode(tokens: Vector): number[][] {
    let state: { h: Vector; c: Vector } = { h: zeros, c: zeros };
    return tokens.map((token) => {
      state = lstmStep(
        'encoder.lstm',
        embedded('encoder.embedding.weight', token, vocabulary),
        state.h,
        state.c,
      );
      return unit(state.h);
    });
  }

  /** f(e), of the states side by side. */
  function predict(states: readonly Vector[]): number {
    const first = affine('predictor.0.weight', 'predictor.0.bias', states.flat()).map((value) =>
      Math.max(value, 0),
    );
    return affine('predictor.1.weight', 'predictor.1.bias', first)[0]!;
  }

  /** Scores of all tokens at every place; `choose` says which token the decoder reads next. */
  function decode(
    states: readonly Vector[],
    start: number,
    choose: (logits: Vector, place: number) => number,
  ): number[][] {
    const mean = meanOf(states);
    let state: { h: Vector; c: Vector } = { h: mean, c: mean };
    let token = start;
    return states.map((_, place) => {
      state = lstmStep(
        'decoder.lstm',
        embedded('decoder.embedding.weight', token, vocabulary),
        state.h,
        state.c,
      );
      const attention = softmax(states.map((seen) => dot(state.h, seen)));
      const context = states.map((seen, t) => scaled(seen, attention[t]!)).reduce(plus);
      const logits = affine('decoder.out.weight', 'decoder.out.bias', [...state.h, ...context]);
      token = choose(logits, place);
      return logits;
    });
  }

  /** Mean cross-entropy of the sequence's tokens, given those before each. */
  function decoderLoss(states: readonly Vector[], tokens: Vector, start: number): number {
    const logits = decode(states, start, (_, place) => tokens[place]!);
    return -logits.reduce((sum, row, t) => sum + Math.log(softmax(row)[tokens[t]!]!), 0) / tokens.length;
  }

  return { encode, predict, decode, decoderLoss };
}
