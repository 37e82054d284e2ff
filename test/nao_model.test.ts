// NAO's encoder, predictor and decoder against plain ones in float64: predictions, what is decoded, a step along the
// gradient, and the gradients of the training loss by finite differences.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import type { Primitive } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { createRng } from '../src/core/rng.ts';
import { inOrder, runSteps } from '../src/core/step.ts';
import { download } from '../src/core/transfer.ts';
import { type NaoConfig, NAO_DEFAULTS, NaoLearner } from '../src/nao/learner.ts';
import { tokenLayout, tokensOf } from '../src/nao/tokens.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { testEngine } from './support/device.ts';
import { differences } from './support/differences.ts';
import { near } from './support/near.ts';
import { plainNao, type PlainWeights, unit } from './support/plain_nao.ts';

const SEED = 17;
const BATCH = 64;
const STEP = 0.7;
const primitives: readonly Primitive[] = ['conv_3x3', 'max_pool_3x3', 'skip_connect', 'null'];
const space = { primitives, nodes: 2 };

/** Sizes that are no multiples of 4. */
const CONFIG: NaoConfig = {
  ...NAO_DEFAULTS,
  seed: SEED,
  sizes: { embedding: 3, hidden: 5, predictor: 7 },
  batch: BATCH,
  together: BATCH,
  stepSize: STEP,
  tradeOff: 0.6,
};

const rng = createRng(SEED, 0);
const architectures = Array.from({ length: BATCH }, () => [sampleCell(space, rng)]);
const free = tokenLayout({ ...space, cells: 1 });
const kept = tokenLayout({ ...space, cells: 1, sources: 'kept' });
const sequences = architectures.map((cells) => tokensOf(free, cells));

async function open(engine: GpuEngine, layout = free) {
  const learner = await NaoLearner.open(engine, layout, CONFIG);
  const { weights } = learner.program.model;
  const exported = await exportParameters(engine, weights);
  const plain: PlainWeights = Object.fromEntries(
    Object.entries(exported).map(([name, { data }]) => [name, Float64Array.from(data as Float32Array)]),
  );
  return { learner, weights, plain };
}

/** e + s df/de by central differences, every state scaled to length 1. */
function climbed({ predict }: ReturnType<typeof plainNao>, states: readonly number[][]): number[][] {
  return states.map((state, t) => {
    const slope = state.map((_, i) => {
      const moved = (by: number) =>
        predict(states.map((other, u) => other.map((v, j) => (u === t && j === i ? v + by : v))));
      return (moved(1e-5) - moved(-1e-5)) / 2e-5;
    });
    return unit(state.map((value, i) => value + STEP * slope[i]!));
  });
}

test(`nao: predictions before and after a step along the gradient are those of a plain model (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const { learner, plain } = await open(engine);
  const model = plainNao(plain);
  const states = sequences.map(model.encode);
  near(await learner.predict(architectures), states.map(model.predict), 1e-5, 'predictions');
  const { moves } = learner.program;
  const predictions = async () => (await download(engine, moves.predictions))[0]!;
  runSteps(engine, inOrder(moves.encode(sequences), moves.ascend, moves.predict));
  const once = states.map((each) => climbed(model, each));
  near(await predictions(), once.map(model.predict), 1e-5, 'after a step');
  runSteps(engine, inOrder(moves.ascend, moves.predict));
  near(await predictions(), once.map((each) => model.predict(climbed(model, each))), 1e-5, 'after two'); // prettier-ignore
});

for (const [name, layout] of [
  ['free', free],
  ['kept', kept],
] as const) {
  // prettier-ignore
  test(`nao: the decoder says what a plain one says; sources ${name} (seed ${SEED})`, async () => {
    const engine = await testEngine();
    const { learner, plain } = await open(engine, layout);
    const model = plainNao(plain);
    const { moves } = learner.program;
    runSteps(engine, inOrder(moves.encode(sequences), moves.decode));
    const [tokens] = await download(engine, moves.decoded.tokens);
    const decoded = moves.decoded.split(tokens!);
    for (const [i, sequence] of sequences.entries()) {
      model.decode(model.encode(sequence), layout.start, (logits, place) => {
        const { allowed, kept: stays } = layout.places[place]!;
        if (stays) return sequence[place]!;
        const said = decoded[i]![place]!;
        assert.ok(said >= allowed.begin && said < allowed.end);
        const best = Math.max(...logits.slice(allowed.begin, allowed.end));
        // so near that f32 may take one for the other
        assert.ok(logits[said]! > best - 1e-5, `sequence ${i}, place ${place}`);
        return said;
      });
    }
  });
}

test(`nao: losses are those of a plain model, gradients their finite differences (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const { learner, weights, plain } = await open(engine);
  const draws = createRng(SEED, 1);
  const accuracies = Float32Array.from({ length: BATCH }, () => draws.uniform());
  const pairs = sequences.map((tokens, i) => ({ tokens, accuracy: accuracies[i]! }));
  runSteps(engine, learner.program.training.update(pairs, 1, CONFIG.lr));
  const losses = () => {
    const model = plainNao(plain);
    const each = sequences.map((tokens, i) => {
      const states = model.encode(tokens);
      return {
        predictor: (model.predict(states) - accuracies[i]!) ** 2,
        decoder: model.decoderLoss(states, tokens, free.start),
      };
    });
    const sum = (part: 'predictor' | 'decoder') =>
      each.reduce((total, loss) => total + loss[part], 0) / BATCH;
    return { predictor: sum('predictor'), decoder: sum('decoder') };
  };
  const { predictorLoss, decoderLoss } = await learner.takeMetrics();
  const expected = losses();
  near([predictorLoss, decoderLoss], [expected.predictor, expected.decoder], 1e-5, 'losses');

  const grads = await exportParameters(engine, weights, 'grads');
  const loss = () => {
    const { predictor, decoder } = losses();
    return 0.6 * predictor + 0.4 * decoder;
  };
  for (const [name, data] of Object.entries(plain)) {
    const at = Array.from({ length: 4 }, () => draws.int(data.length));
    const grad = grads[name]!.data as Float32Array;
    near(at.map((i) => grad[i]!), differences(data, at, loss), 1e-4, `gradient of ${name}`); // prettier-ignore
  }
  assert.is(Object.keys(plain).length, 14);
});

test.run();
