// The pieces that every path has: the stem, the preprocessing of each cell's inputs, and the head with the loss.
import type { Command } from '../../runtime/engine/engine.ts';
import type { Tape } from '../core/tape.ts';
import type { Layer } from '../nn/layers.ts';
import type { Tensor } from '../core/tensor.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import { globalAvgPool } from '../ops/pool/global_avg_pool.ts';
import { type Purpose, PURPOSES } from './memory.ts';
import {
  BOTH,
  rawPlace,
  recordNormalisation,
  recordNormalisationGrad,
  type Side,
} from './normalised_pair.ts';
import { PARTS } from './parts.ts';
import {
  nodeName,
  outputName,
  type Piece,
  type PieceContext,
  pieceTape,
  requirePlace,
  takeForwardAndBackward,
} from './piece.ts';

/** @returns the piece and the stem's output, with gradient */
export function recordStem(context: PieceContext): { readonly piece: Piece; readonly output: Tensor } {
  const sums = context.memory.sumsOf(-1).begin('stem');
  const tape = pieceTape(context, PARTS.stem, sums);
  const output = context.model.stem(tape, context.memory.images);
  const { stemGrad } = context.memory;
  const recorded = takeForwardAndBackward(tape, () => tape.seed(output, stemGrad));
  const names = { reads: ['images'], writes: [outputName(-1)] };
  return { piece: { ...recorded, rows: sums.rows, ...names }, output: { ...output, grad: stemGrad } };
}

/** Outputs of the stem and of the cells, as the cells behind them read them. */
export class CellStates {
  /** By state: the same tensor where its gradient begins. */
  private readonly firstGradients = new Map<Tensor, Tensor>();

  /** @param outputs of the cells */
  constructor(
    private readonly stem: Tensor,
    private readonly outputs: readonly Tensor[],
  ) {}

  /**
   * Output of cell `i`, or of the stem below 0, as cell `c` reads it. The last cell to read it is the first to have a
   * gradient for it, which then takes the place of what is there.
   */
  read(tape: Tape, c: number, i: number): Tensor {
    const state = this.state(i);
    if (c !== Math.min(Math.max(i, -1) + 2, this.outputs.length - 1)) return state;
    const known = this.firstGradients.get(state);
    if (known) return known;
    const { grad, ...first } = state;
    tape.direct(first, grad!);
    this.firstGradients.set(state, first);
    return first;
  }

  /** Output of cell `i`, or of the stem below 0, for the only reader of it. */
  readOnce(tape: Tape, i: number): Tensor {
    const { grad, ...state } = this.state(i);
    tape.direct(state, grad!);
    return state;
  }

  private state(i: number): Tensor {
    return i < 0 ? this.stem : this.outputs[i]!;
  }
}

/** Both inputs of a cell. */
export function recordEntry(context: PieceContext, c: number, states: CellStates): Piece {
  const { entry } = context.model.cells[c]!;
  if (entry.kind === 'preprocess') return recordPreprocess(context, c, entry.layers, states);
  const names = { reads: [outputName(c - 1)], writes: [nodeName(c, 0), nodeName(c, 1)] };
  if (entry.kind === 'state') return { forward: [], backward: [], rows: [], ...names };
  const sums = context.memory.sumsOf(c).begin(`block ${c}`);
  const tape = pieceTape(context, PARTS.block, sums);
  const [place] = context.memory.cells[c]!.nodes;
  const result = entry.layer(tape, states.readOnce(tape, c - 1), place!);
  requirePlace(result, place!, PARTS.block);
  const recorded = takeForwardAndBackward(tape, () => tape.seed(result, place!.grad!));
  return { ...recorded, rows: sums.rows, ...names };
}

/**
 * Output of the cell before the previous one and of the previous one, preprocessed. Whoever reads them applies their
 * batch norms.
 */
function recordPreprocess(
  context: PieceContext,
  c: number,
  layers: readonly [Layer, Layer],
  states: CellStates,
): Piece {
  const { inputs: pair, nodes } = context.memory.cells[c]!;
  const inputs = pair!;
  const sums = context.memory.sumsOf(c).begin(`preprocess ${c}`);
  const tape = pieceTape(context, PARTS.preprocess, sums);
  const results = layers.map((layer, i) =>
    layer(tape, states.read(tape, c, c - 2 + i), rawPlace(inputs, i as Side)),
  );
  results.forEach((result, i) => requirePlace(result, inputs.raw[i as Side], PARTS.preprocess));
  const withMoments = BOTH.filter((side) => results[side]!.chunkMoments);
  recordNormalisation(tape, inputs, BOTH, withMoments);
  const forward = tape.take();
  recordNormalisationGrad(tape, inputs, BOTH, [nodes[0]!.grad!, nodes[1]!.grad!]);
  results.forEach((result, i) => tape.seed(result, inputs.rawGrad[i]!));
  tape.backward();
  const names = { reads: [outputName(c - 2), outputName(c - 1)], writes: [nodeName(c, 0), nodeName(c, 1)] };
  return { forward, backward: tape.take(), rows: sums.rows, ...names };
}

export interface Head {
  readonly piece: Piece;
  /** Mean cross-entropy of the batch, one float. */
  readonly loss: Tensor;
  /** What computes it and counts for a purpose; after the piece's forward. */
  readonly losses: Readonly<Record<Purpose, readonly Command[]>>;
}

/**
 * Pooling, classifier and loss.
 * @param lossGrad gradient of the total with respect to the mean loss, one float
 */
export function recordHead(context: PieceContext, lossGrad: Tensor): Head {
  const { cells, logits, targets, metrics } = context.memory;
  const tape = pieceTape(context, PARTS.head);
  const { grad, ...output } = cells.at(-1)!.output;
  tape.direct(output, grad!);
  const { tail } = context.model;
  const pooled = tape.apply(globalAvgPool, { x: tail ? tail(tape, output) : output });
  const scores = context.model.classifier(tape, pooled, logits);
  requirePlace(scores, logits, PARTS.head);
  const forward = tape.take();
  const lossOf = (purpose: Purpose) => {
    const accumulate = purpose === 'weights' || purpose === 'evaluation';
    const attrs = { labelSmoothing: 0, metrics: metrics[purpose], accumulate };
    return tape.apply(crossEntropy, { logits: scores, target: targets }, attrs);
  };
  const record = (purpose: Purpose): [Purpose, Command[]] => {
    lossOf(purpose);
    return [purpose, tape.take()];
  };
  const others = PURPOSES.slice(1).map(record);
  const loss = lossOf('weights');
  const losses = Object.fromEntries([...others, ['weights', tape.take()]]) as Record<Purpose, Command[]>;
  tape.seed(loss, lossGrad);
  tape.backward();
  const names = { reads: [outputName(cells.length - 1)], writes: ['logits'] };
  return { piece: { forward, backward: tape.take(), rows: [], ...names }, loss, losses };
}
