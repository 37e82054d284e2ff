// Moving architectures in the space of the encoder's outputs (equation 6 of the paper), each a recording of its own:
//   encode    e = encoder(tokens)
//   predict   f(e)
//   ascend    e = e + s df/de, every state then scaled to length 1, as the encoder leaves them
//   decode    what the decoder says of e: at every place the likeliest token of those that may stand there; where a
//             token is kept, the decoder reads the given one and says nothing
import type { Command, Engine } from '../../runtime/engine/engine.ts';
import type { Allocator } from '../core/allocator.ts';
import { createTensor } from '../core/allocator.ts';
import { commandsOnly, inOrder, type Step } from '../core/step.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { lstmStep } from '../nn/lstm.ts';
import { add } from '../ops/elementwise/add.ts';
import { normalizeRows } from '../ops/norm/normalize_rows.ts';
import { recordArgmaxRows } from '../ops/policy/argmax_rows.ts';
import {
  fixed,
  type NaoModel,
  recordDecoderInput,
  recordEncoder,
  recordMean,
  recordPredictor,
  recordTokenLogits,
} from './model.ts';
import { allocateSequences, type Sequences } from './sequences.ts';
import { constant } from './training.ts';

export interface NaoMovesConfig {
  /** Architectures that move together, a multiple of 64. */
  readonly batch: number;
  /** s: how far a step of `ascend` goes. */
  readonly stepSize: number;
}

export interface NaoMoves {
  /** Writes what never changes: once. */
  readonly initialise: Step;
  /** The architectures before they move, and what decoding made of them. */
  readonly given: Sequences;
  readonly decoded: Sequences;
  /** f(e), (N), once predicted. */
  readonly predictions: Tensor;
  encode(sequences: readonly ArrayLike<number>[]): Step;
  readonly predict: Step;
  readonly ascend: Step;
  readonly decode: Step;
}

/** Records the moves of a model, whose weights must be allocated. */
export function recordNaoMoves(
  engine: Engine,
  memory: { readonly activations: Allocator; readonly scratch: Allocator },
  model: NaoModel,
  { batch, stepSize }: NaoMovesConfig,
): NaoMoves {
  const { layout, sizes } = model;
  const length = layout.places.length;
  const p = fixed(model);
  const given = allocateSequences(engine, 'given sequences', layout, batch);
  const decoded = allocateSequences(engine, 'decoded sequences', layout, batch);
  const share = constant(engine, 'share of a state', [batch, 1, length], 1 / length);
  const step = constant(engine, 'step along the gradient', [batch], stepSize);
  const recording = (training: boolean): Tape => new Tape({ engine, ...memory, training });

  const tape = recording(false);
  const states = recordEncoder(tape, p, given.tokens, batch);
  const encode = tape.take();
  const predictions = recordPredictor(tape, p, states);
  const predict = tape.take();
  recordDecoding(tape, model, states, share.tensor, given, decoded);
  const decode = tape.take();

  const climbing = recording(true);
  const slope = createTensor(engine, 'gradient of the prediction', states.shape);
  climbing.direct(states, slope);
  const value = recordPredictor(climbing, p, states);
  climbing.seed(value, step.tensor);
  climbing.backward();
  const ascend: readonly Command[] = [...climbing.take(), ...recordStep(tape, states, slope, sizes.hidden)];
  return {
    initialise: inOrder(share.initialise, step.initialise, decoded.write([layout.places.map(() => 0)])),
    given,
    decoded,
    predictions,
    encode: (sequences) => inOrder(given.write(sequences), commandsOnly(encode)),
    predict: commandsOnly(predict),
    ascend: commandsOnly(ascend),
    decode: commandsOnly(decode),
  };
}

/** e + slope, scaled, in e's memory. */
function recordStep(tape: Tape, states: Tensor, slope: Tensor, hidden: number): Command[] {
  const rows = [states.shape[0]! * states.shape[1]!, hidden];
  const x = tape.reshape(tape.apply(add, { a: states, b: slope }), rows);
  tape.apply(normalizeRows, { x }, {}, tape.reshape(states, rows));
  return tape.take();
}

/** Place after place: the likeliest token there, or none where it is kept. */
function recordDecoding(
  tape: Tape,
  model: NaoModel,
  states: Tensor,
  share: Tensor,
  given: Sequences,
  decoded: Sequences,
): void {
  const { layout, sizes } = model;
  const p = fixed(model);
  const mean = recordMean(tape, states, share);
  let state = { hidden: mean, cell: mean };
  let before = decoded.row(0);
  layout.places.forEach(({ allowed, kept }, place) => {
    state = lstmStep(tape, recordDecoderInput(tape, p, before), p('decoderHidden'), state);
    before = (kept ? given : decoded).row(place + 1);
    if (kept) return;
    const said = tape.reshape(state.hidden, [given.count, 1, sizes.hidden]);
    recordArgmaxRows(tape, recordTokenLogits(tape, p, said, states), allowed, before);
  });
}
