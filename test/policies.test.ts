// Policies against plain ones in float64: probabilities, and the gradient of log pi by finite differences.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import type { ParameterStore } from '../src/nn/parameters.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { logProb } from '../src/ops/policy/log_prob.ts';
import { buildLstm, lstmProbabilities } from '../src/policy/lstm_policy.ts';
import type { PolicyKind } from '../src/policy/policies.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { download, type HostArray, upload } from '../src/core/transfer.ts';
import { testEngine } from './support/device.ts';
import { differences } from './support/differences.ts';
import { near } from './support/near.ts';

const SEED = 9;
/** More than one concatenation takes, and sizes that are no multiples of 4. */
const [EDGES, PRIMITIVES, SOURCES, ACTIONS, E, H] = [38, 5, 9, 3, 6, 10] as const;
const SIZES = { primitives: PRIMITIVES, sources: SOURCES, actions: ACTIONS, embedding: E, hidden: H };

type Weights = Record<string, ArrayLike<number>>;

/** Edges, by operation and by the node that they leave. */
interface Edges {
  readonly operations: Int32Array<ArrayBuffer>;
  readonly sources: Int32Array<ArrayBuffer>;
}

interface Constant {
  readonly shape: readonly number[];
  readonly data: HostArray;
}

interface Checked<C extends string = never> {
  readonly weights: ParameterStore<true>;
  readonly parameters: number;
  /** What it reads besides the edges. */
  readonly constants: Readonly<Record<C, Constant>>;
  probabilities(tape: Tape, tensors: Readonly<Record<keyof Edges | C, Tensor>>): Tensor;
  /** One row an edge, obviously right. */
  plain(weights: Weights, edges: Edges): number[][];
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** W x + b; W is (rows, x.length). */
const affine = (w: ArrayLike<number>, x: readonly number[], b?: ArrayLike<number>): number[] =>
  Array.from({ length: w.length / x.length }, (_, row) =>
    x.reduce((sum, value, k) => sum + w[row * x.length + k]! * value, b?.[row] ?? 0),
  );

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** The embeddings of every edge's operation and source, one after the other. */
function embedded(weights: Weights, { operations, sources }: Edges): number[][] {
  const rowOf = (name: string, row: number) => Array.from(weights[name]!).slice(row * E, (row + 1) * E);
  return Array.from(operations, (op, t) => [
    ...rowOf('op_hidden.weight', op),
    ...rowOf('node_hidden.weight', sources[t]!),
  ]);
}

function lstm(): Checked<'start'> {
  const model = buildLstm(SIZES);
  return {
    weights: model.weights,
    parameters: 7,
    constants: { start: { shape: [1, H], data: new Float32Array(H) } },
    probabilities: (tape, tensors) => lstmProbabilities(tape, model, tensors, null),
    plain(weights, edges) {
      let h: number[] = Array(H).fill(0);
      let c: number[] = Array(H).fill(0);
      return embedded(weights, edges).map((x) => {
        const fromX = affine(weights['lstm.weight_ih']!, x, weights['lstm.bias']!);
        const gates = affine(weights['lstm.weight_hh']!, h).map((value, i) => value + fromX[i]!);
        const [input, forget, cell, output] = [0, 1, 2, 3].map((gate) => gates.slice(gate * H, (gate + 1) * H)); // prettier-ignore
        c = c.map((value, i) => sigmoid(forget![i]!) * value + sigmoid(input![i]!) * Math.tanh(cell![i]!));
        h = c.map((value, i) => sigmoid(output![i]!) * Math.tanh(value));
        return softmax(affine(weights['fc.weight']!, h, weights['fc.bias']!));
      });
    },
  };
}

/** Every policy, or where else it is checked. */
const POLICIES: Readonly<Record<PolicyKind, (() => Checked) | string>> = {
  gcn: 'golden.test.ts, against the reference code; gcn_policy.test.ts',
  lstm,
  random: 'policy_search.test.ts, written out',
};

async function check({ weights: store, parameters, constants, probabilities, plain }: Checked) {
  const engine = await testEngine();
  store.allocate(engine);
  engine.submit(recordInitialisation(engine, store, SEED, 0));
  const rng = createRng(SEED, 1);
  const draw = (below: number) => Int32Array.from({ length: EDGES }, () => rng.int(below));
  const edges = { operations: draw(PRIMITIVES), sources: draw(SOURCES) };
  const taken = draw(ACTIONS);
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const fixed = Object.entries<Constant>(constants).map(
    ([name, { shape, data }]) => [name, upload(engine, name, shape, data)] as const,
  );
  const probs = probabilities(tape, {
    operations: upload(engine, 'operations', [EDGES], edges.operations),
    sources: upload(engine, 'sources', [EDGES], edges.sources),
    ...Object.fromEntries(fixed),
  });
  const actions = upload(engine, 'actions', [EDGES], taken);
  const logPi = tape.apply(logProb, { probs, actions });
  tape.seed(logPi, upload(engine, 'one', [1], new Float32Array([1])));
  tape.backward();
  engine.submit(tape.take());

  const [got] = await download(engine, probs);
  const values = await exportParameters(engine, store);
  const weights = Object.fromEntries(
    Object.entries(values).map(([name, { data }]) => [name, Float64Array.from(data as Float32Array)]),
  );
  near(got!, plain(weights, edges).flat(), 1e-5, 'probabilities');

  const grads = await exportParameters(engine, store, 'grads');
  const loss = () =>
    plain(weights, edges).reduce((sum, p, edge) => sum + Math.log(p[taken[edge]!]! + 1e-5), 0);
  for (const [name, data] of Object.entries(weights)) {
    const at = Array.from({ length: 12 }, () => rng.int(data.length));
    const grad = grads[name]!.data as Float32Array;
    near(at.map((i) => grad[i]!), differences(data, at, loss), 1e-4, `gradient of ${name}`); // prettier-ignore
  }
  assert.is(Object.keys(weights).length, parameters);
}

for (const [kind, checked] of Object.entries(POLICIES)) {
  if (typeof checked === 'string') continue;
  test(`${kind} policy: probabilities and gradients are those of a plain one (seed ${SEED})`, () =>
    check(checked()));
}

test.run();
