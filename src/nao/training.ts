// One update of NAO's model on a batch of pairs of architecture and accuracy (equation 5 of the paper):
//   L = w L_pp + (1 - w) L_rec
// L_pp: mean squared error of the predicted accuracy; L_rec: mean cross-entropy of every token of the sequence that the
// decoder should say again, given those before it.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import { type Allocator, createTensor } from '../core/allocator.ts';
import { commandsOnly, inOrder, type Step, writesOnly } from '../core/step.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import { squaredError } from '../ops/loss/squared_error.ts';
import { recordAdam } from '../optim/adam.ts';
import {
  learning,
  type NaoModel,
  recordDecoder,
  recordEncoder,
  recordMean,
  recordPredictor,
} from './model.ts';
import { allocateSequences } from './sequences.ts';

/** An architecture and what it is worth. */
export interface Pair {
  readonly tokens: ArrayLike<number>;
  /** Normalised: see normalise.ts. */
  readonly accuracy: number;
}

export interface NaoTrainingConfig {
  /** Pairs of an update, a multiple of 64. */
  readonly batch: number;
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly weightDecay: number;
  /** Gradients of a larger norm are scaled down to it. */
  readonly maxNorm: number;
  /** w: weight of the predictor's loss. */
  readonly tradeOff: number;
}

/** Running sums: of the predictor's loss; of the decoder's loss, its right tokens, those among its five best, its tokens. */
export const NAO_TOTALS = { predictor: 1, decoder: 4 } as const;

export interface NaoTraining {
  /** Writes what never changes: once. */
  readonly initialise: Step;
  /** One update on as many pairs as the batch has; `number` counts from 1. */
  update(pairs: readonly Pair[], number: number, lr: number): Step;
  /** Adam's moments: part of a checkpoint. */
  readonly moments: readonly [Region, Region];
  readonly totals: { readonly predictor: Tensor; readonly decoder: Tensor };
}

/** A constant tensor, and what writes it. */
export function constant(engine: Engine, label: string, shape: readonly number[], value: number) {
  const tensor = createTensor(engine, label, shape);
  const data = new Float32Array(tensor.bytes / 4).fill(value);
  return { tensor, initialise: writesOnly({ region: tensor, data }) };
}

/** Records the update of the model, whose weights must be allocated. */
export function recordNaoTraining(
  engine: Engine,
  memory: { readonly activations: Allocator; readonly scratch: Allocator },
  model: NaoModel,
  config: NaoTrainingConfig,
): NaoTraining {
  const { batch, tradeOff, betas, weightDecay, maxNorm } = config;
  const { layout, weights } = model;
  const length = layout.places.length;
  const sequences = allocateSequences(engine, 'pairs', layout, batch);
  const target = createTensor(engine, 'tokens to say', [batch * length], 'i32');
  const wanted = createTensor(engine, 'accuracies', [batch]);
  const totals = {
    predictor: createTensor(engine, 'predictor totals', [NAO_TOTALS.predictor]),
    decoder: createTensor(engine, 'decoder totals', [NAO_TOTALS.decoder]),
  };
  const share = constant(engine, 'share of a state', [batch, 1, length], 1 / length);
  const predictorWeight = constant(engine, 'weight of the predictor', [1], tradeOff);
  const decoderWeight = constant(engine, 'weight of the decoder', [1], 1 - tradeOff);

  const tape = new Tape({ engine, ...memory });
  const p = learning(model);
  const states = recordEncoder(tape, p, sequences.tokens, batch);
  const mean = recordMean(tape, states, share.tensor);
  const error = tape.apply(squaredError, { x: recordPredictor(tape, p, states), wanted });
  tape.dispatch('add_into', {
    bind: { x: error, y: totals.predictor },
    params: { n: 1, accumulate: 1 },
    threads: [1],
  });
  const logits = recordDecoder(tape, p, states, mean, sequences.before);
  const metrics = { labelSmoothing: 0, metrics: totals.decoder };
  const unlikeness = tape.apply(crossEntropy, { logits, target }, metrics);
  tape.seed(error, predictorWeight.tensor);
  tape.seed(unlikeness, decoderWeight.tensor);
  tape.backward();
  const commands = commandsOnly([engine.recordClear(weights.grads)], tape.take());
  const adam = recordAdam(engine, weights, { betas, eps: 1e-8, weightDecay, maxNorm });
  return {
    initialise: inOrder(share.initialise, predictorWeight.initialise, decoderWeight.initialise),
    moments: adam.moments,
    totals,
    update(pairs, number, lr) {
      const said = Int32Array.from(pairs.flatMap(({ tokens }) => Array.from(tokens)));
      const values = writesOnly(
        { region: target, data: said },
        { region: wanted, data: Float32Array.from(pairs, ({ accuracy }) => accuracy) },
      );
      const written = sequences.write(pairs.map(({ tokens }) => tokens));
      return inOrder(values, written, commands, adam.step(lr, number));
    },
  };
}
