// The LSTM policy against a plain one in float64: probabilities, and the gradient of log pi by finite differences.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { logProb } from '../src/ops/policy/log_prob.ts';
import { buildLstm, lstmProbabilities } from '../src/policy/lstm_policy.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { download, upload } from '../src/core/transfer.ts';
import { testEngine } from './support/device.ts';
import { near } from './support/near.ts';

const SEED = 9;
/** More than one concatenation takes, and sizes that are no multiples of 4. */
const [EDGES, PRIMITIVES, SOURCES, ACTIONS, E, H] = [38, 5, 9, 3, 6, 10] as const;

type Weights = Record<string, ArrayLike<number>>;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** W x + b; W is (rows, x.length). */
const affine = (w: ArrayLike<number>, x: readonly number[], b?: ArrayLike<number>): number[] =>
  Array.from({ length: w.length / x.length }, (_, row) =>
    x.reduce((sum, value, k) => sum + w[row * x.length + k]! * value, b?.[row] ?? 0),
  );

function plainProbabilities(
  weights: Weights,
  ops: readonly number[],
  sources: readonly number[],
): number[][] {
  const rowOf = (name: string, row: number) => Array.from(weights[name]!).slice(row * E, (row + 1) * E);
  let h: number[] = Array(H).fill(0);
  let c: number[] = Array(H).fill(0);
  return ops.map((op, t) => {
    const x = [...rowOf('op_hidden.weight', op), ...rowOf('node_hidden.weight', sources[t]!)];
    const fromX = affine(weights['lstm.weight_ih']!, x, weights['lstm.bias']!);
    const gates = affine(weights['lstm.weight_hh']!, h).map((value, i) => value + fromX[i]!);
    const [input, forget, cell, output] = [0, 1, 2, 3].map((gate) => gates.slice(gate * H, (gate + 1) * H));
    c = c.map((value, i) => sigmoid(forget![i]!) * value + sigmoid(input![i]!) * Math.tanh(cell![i]!));
    h = c.map((value, i) => sigmoid(output![i]!) * Math.tanh(value));
    const powers = affine(weights['fc.weight']!, h, weights['fc.bias']!).map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
}

test(`lstm policy: probabilities and gradients are those of a plain LSTM (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const model = buildLstm({
    primitives: PRIMITIVES,
    sources: SOURCES,
    actions: ACTIONS,
    embedding: E,
    hidden: H,
  });
  model.weights.allocate(engine);
  engine.submit(recordInitialisation(engine, model.weights, SEED, 0));
  const rng = createRng(SEED, 1);
  const draw = (below: number) => Int32Array.from({ length: EDGES }, () => rng.int(below));
  const [ops, sources, taken] = [draw(PRIMITIVES), draw(SOURCES), draw(ACTIONS)];
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const sequence = {
    operations: upload(engine, 'operations', [EDGES], ops),
    sources: upload(engine, 'sources', [EDGES], sources),
    start: upload(engine, 'start', [1, H], new Float32Array(H)),
  };
  const probs = lstmProbabilities(tape, model, sequence, null);
  const actions = upload(engine, 'actions', [EDGES], taken);
  const logPi = tape.apply(logProb, { probs, actions });
  tape.seed(logPi, upload(engine, 'one', [1], new Float32Array([1])));
  tape.backward();
  engine.submit(tape.take());

  const [got] = await download(engine, probs);
  const values = await exportParameters(engine, model.weights);
  const weights = Object.fromEntries(
    Object.entries(values).map(([name, { data }]) => [name, Float64Array.from(data as Float32Array)]),
  );
  const plain = () => plainProbabilities(weights, [...ops], [...sources]);
  near(got!, plain().flat(), 1e-5, 'probabilities');

  const grads = await exportParameters(engine, model.weights, 'grads');
  const loss = () => plain().reduce((sum, p, edge) => sum + Math.log(p[taken[edge]!]! + 1e-5), 0);
  for (const [name, data] of Object.entries(weights)) {
    const at = Array.from({ length: 12 }, () => rng.int(data.length));
    const differences = at.map((i) => {
      const value = data[i]!;
      data[i] = value + 1e-5;
      const above = loss();
      data[i] = value - 1e-5;
      const below = loss();
      data[i] = value;
      return (above - below) / 2e-5;
    });
    const grad = grads[name]!.data as Float32Array;
    near(at.map((i) => grad[i]!), differences, 1e-4, `gradient of ${name}`); // prettier-ignore
  }
  assert.is(Object.keys(weights).length, 7);
});

test.run();
