// The supernet as recorded pieces. A piece (an edge's operation, a preprocessing, a node's sum, the head ...) is
// recorded once, forward and backward, the first time an architecture names it, and replayed ever after; a step
// concatenates the pieces of its architecture. Nothing is created for an architecture whose pieces are all known.
import type { Command, Region } from '../../runtime/engine/engine.ts';
import type { Allocator } from '../core/allocator.ts';
import { add } from '../ops/elementwise/add.ts';
import { concat } from '../ops/elementwise/concat.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import { globalAvgPool } from '../ops/pool/global_avg_pool.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import type { PartialSums } from '../core/recorder.ts';
import { commandsOnly, inOrder, type Step } from '../core/step.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Architecture, type Cell, looseEnds } from '../arch/genotype.ts';
import {
  BOTH,
  rawPlace,
  recordNormalisation,
  recordNormalisationGrad,
  type Side,
} from './normalised_pair.ts';
import { changedPieces, type Piece } from './piece.ts';
import { edgeIndex } from '../arch/search_space.ts';
import { type Purpose, PURPOSES, type SupernetMemory } from './memory.ts';
import type { SupernetCell, SupernetModel } from './model.ts';
import { edgePart, PARTS } from './parts.ts';

export class Supernet {
  private readonly losses: Readonly<Record<Purpose, readonly Command[]>>;
  private readonly pieces = new Map<string, Piece>();
  /** Paths of architectures in use: a step asks for its path forward and backward. */
  private readonly paths = new WeakMap<Architecture, readonly Piece[]>();
  private readonly stemOutput: Tensor;
  /** By state: the same tensor where its gradient begins. */
  private readonly firstGradients = new Map<Tensor, Tensor>();
  /** Mean cross-entropy of the batch, one float. */
  readonly loss: Tensor;
  /** Zeroes the gradients of the weights: before the first `train` of an update. */
  readonly clearGradients: Step;

  /**
   * @param lossGrad one float on the GPU: the gradient of the total with respect to this batch's mean loss
   *   (1/m where m architectures share an update)
   */
  constructor(
    private readonly engine: PlannedEngine,
    readonly model: SupernetModel,
    readonly memory: SupernetMemory,
    lossGrad: Tensor,
  ) {
    this.stemOutput = this.recordStem();
    model.cells.forEach((_, c) => this.recordPreprocess(c));
    const head = this.recordHead(lossGrad);
    this.loss = head.loss;
    this.losses = head.losses;
    this.clearGradients = commandsOnly([engine.recordClear(model.weights.grads!)]);
  }

  /** How many pieces are recorded so far. */
  get pieceCount(): number {
    return this.pieces.size;
  }

  /**
   * From `memory.images` to `memory.logits`, the loss, and the counts of `purpose`.
   * @param previous an architecture whose forward pass on the same images and weights was the last one: what both
   *   have in common is not computed again
   */
  forward(arch: Architecture, purpose: Purpose, previous?: Architecture): Step {
    const path = this.path(arch);
    const pieces = previous ? changedPieces(path, this.path(previous)) : path;
    return commandsOnly(...pieces.map((piece) => piece.forward), this.losses[purpose]);
  }

  /** Forward for `weights`, then adds the loss gradient of every weight on the path. */
  train(arch: Architecture): Step {
    const backward = [...this.path(arch)].reverse();
    return inOrder(
      this.forward(arch, 'weights'),
      commandsOnly(...backward.map((piece) => piece.backward)),
      this.memory.sums.step(backward),
    );
  }

  /** Records every piece there is, so that a plan knows all memory and pipelines. */
  recordAll(): void {
    this.model.cells.forEach((cell, c) => {
      const { nodes, primitives } = this.model.config;
      for (let to = 2; to < nodes + 2; to++) {
        for (let from = 0; from < to; from++) {
          primitives.forEach((_, p) => BOTH.forEach((side) => this.edge(c, to, side, from, p)));
        }
        // All kinds of sums, so that every pipeline is known: a cell's inputs have batch norms pending, its nodes not.
        const identities = [range(0, 2), range(2, to)].flatMap((nodes) =>
          nodes.filter((from) => hasIdentity(cell, from, to)).slice(0, 1),
        );
        const terms: SumTerm[] = ['norm', 'norm with moments', null, ...identities];
        terms.forEach((a) => terms.forEach((b) => this.sum(c, to, [a, b])));
      }
      this.concatenation(c, []);
    });
  }

  private path(arch: Architecture): readonly Piece[] {
    const known = this.paths.get(arch);
    if (known) return known;
    const { normal, reduce } = arch;
    const pieces = [this.pieces.get('stem')!];
    this.model.cells.forEach(({ geometry }, c) => {
      pieces.push(this.pieces.get(`preprocess ${c}`)!);
      pieces.push(...this.cellPath(c, geometry.reduction ? reduce : normal));
    });
    pieces.push(this.pieces.get('head')!);
    this.paths.set(arch, pieces);
    return pieces;
  }

  private cellPath(c: number, cell: Cell): Piece[] {
    const { config } = this.model;
    const pieces: Piece[] = [];
    for (let to = 2; to < config.nodes + 2; to++) {
      const edges = BOTH.map((side) => {
        const [op, from] = cell[2 * (to - 2) + side]!;
        const primitive = config.primitives.indexOf(op);
        const { kind } = this.model.cells[c]!.operations[edgeIndex(from, to)]![primitive]!;
        const piece = this.edge(c, to, side, from, primitive);
        const norm = piece.leavesMoments ? 'norm with moments' : 'norm';
        return { piece, term: kind === 'compute' ? norm : kind === 'identity' ? from : null } as const;
      });
      pieces.push(...edges.map(({ piece }) => piece));
      const terms = edges.map(({ term }) => term);
      pieces.push(this.sum(c, to, terms as [SumTerm, SumTerm]));
    }
    const kept = config.looseEnd ? looseEnds(cell) : [];
    pieces.push(this.concatenation(c, config.looseEnd ? kept : []));
    return pieces;
  }

  /** The operation `primitive` between nodes `from` and `to`, as the first or second edge of node `to`. */
  private edge(c: number, to: number, side: Side, from: number, primitive: number): Piece {
    return this.piece(`edge ${c} ${to} ${side} ${from} ${primitive}`, () => {
      const memory = this.memory.cells[c]!;
      const source = memory.nodes[from]!;
      const pair = memory.edges[to - 2]!;
      const operation = this.model.cells[c]!.operations[edgeIndex(from, to)]![primitive]!;
      const sums = this.memory.sums.begin(`edge ${c} ${to} ${side}`);
      const kept = memory.kept[to - 2]![side];
      kept.reset();
      const part = edgePart(this.model.config.primitives[primitive]!);
      const tape = this.tape(part, sums, kept);
      const names = { reads: [nodeName(c, from)], writes: [`edge ${c} ${to} ${side}`] };
      if (operation.kind !== 'compute') {
        // An identity hands the gradient of the node on; null hands on nothing.
        if (operation.kind === 'identity') tape.passGrad(source, memory.nodes[to]!.grad!);
        return { forward: [], backward: tape.take(), rows: [], ...names };
      }
      const result = operation.raw(tape, source, rawPlace(pair, side));
      requirePlace(result, pair.raw[side], part);
      const leavesMoments = result.chunkMoments !== undefined;
      const recorded = finish(tape, () => tape.seed(result, pair.rawGrad[side]));
      return { ...recorded, rows: sums.rows, ...names, leavesMoments };
    });
  }

  /**
   * A node as the sum of its edges: a result that is normalised here, the node that an identity passes on, or
   * nothing. Backward, the edges find the gradients of their results; identities read that of the node.
   */
  private sum(c: number, to: number, terms: readonly [SumTerm, SumTerm]): Piece {
    return this.piece(`sum ${c} ${to} ${terms[0]} ${terms[1]}`, () => {
      const { nodes, edges } = this.memory.cells[c]!;
      const withMoments = BOTH.filter((side) => terms[side] === 'norm with moments');
      const sides = BOTH.filter((side) => terms[side] === 'norm' || withMoments.includes(side));
      const tape = this.tape(PARTS.sum);
      const normalised = recordNormalisation(tape, edges[to - 2]!, sides, withMoments);
      const [a, b = null] = BOTH.flatMap((side) => {
        const term = terms[side];
        if (typeof term === 'number') return [nodes[term]!];
        return sides.includes(side) ? [normalised[sides.indexOf(side)]!] : [];
      });
      if (a) tape.apply(add, { a, b }, {}, nodes[to]!);
      else tape.clear(nodes[to]!);
      const forward = tape.take();
      recordNormalisationGrad(tape, edges[to - 2]!, sides, [nodes[to]!.grad!]);
      const identities = terms.flatMap((term) => (typeof term === 'number' ? [nodeName(c, term)] : []));
      const reads = [`edge ${c} ${to} 0`, `edge ${c} ${to} 1`, ...identities];
      return { forward, backward: tape.take(), rows: [], reads, writes: [nodeName(c, to)] };
    });
  }

  /** The cell's output. `kept` lists the nodes that are not multiplied by 0; none listed means all. */
  private concatenation(c: number, kept: readonly number[]): Piece {
    return this.piece(`concat ${c} ${kept.join(',')}`, () => {
      const { nodes, output } = this.memory.cells[c]!;
      const tape = this.tape(PARTS.concat);
      const inputs = nodes.slice(2).map(({ grad, ...node }) => {
        tape.direct(node, grad!);
        return node;
      });
      const mask = inputs.map((_, i) => kept.length === 0 || kept.includes(i + 2));
      const named = Object.fromEntries(inputs.map((x, i) => [`x${i}`, x]));
      // Edges add to the gradients of the cell's inputs, which begin at zero here.
      const alsoZero = nodes.slice(0, 2).map((input) => input.grad!);
      const y = tape.apply(concat, named, { mask, alsoZero }, output);
      const reads = inputs.map((_, i) => nodeName(c, i + 2));
      const names = { reads, writes: [outputName(c)] };
      return { ...finish(tape, () => tape.seed(y, output.grad!)), rows: [], ...names };
    });
  }

  private recordStem(): Tensor {
    const sums = this.memory.sums.begin('stem');
    const tape = this.tape(PARTS.stem, sums);
    const output = this.model.stem(tape, this.memory.images);
    const piece = finish(tape, () => tape.seed(output, this.memory.stemGrad));
    const names = { reads: ['images'], writes: [outputName(-1)] };
    this.pieces.set('stem', { ...piece, rows: sums.rows, ...names });
    return { ...output, grad: this.memory.stemGrad };
  }

  /**
   * Both inputs of a cell: output of the cell before the previous one and of the previous one, preprocessed. Whoever
   * reads them applies their batch norms.
   */
  private recordPreprocess(c: number): void {
    const { inputs, nodes } = this.memory.cells[c]!;
    const sums = this.memory.sums.begin(`preprocess ${c}`);
    const tape = this.tape(PARTS.preprocess, sums);
    const results = this.model.cells[c]!.preprocess.map((layer, i) =>
      layer(tape, this.inputState(tape, c, c - 2 + i), rawPlace(inputs, i as Side)),
    );
    results.forEach((result, i) => requirePlace(result, inputs.raw[i as Side], PARTS.preprocess));
    const withMoments = BOTH.filter((side) => results[side]!.chunkMoments);
    recordNormalisation(tape, inputs, BOTH, withMoments);
    const forward = tape.take();
    recordNormalisationGrad(tape, inputs, BOTH, [nodes[0]!.grad!, nodes[1]!.grad!]);
    results.forEach((result, i) => tape.seed(result, inputs.rawGrad[i]!));
    tape.backward();
    const names = { reads: [outputName(c - 2), outputName(c - 1)], writes: [nodeName(c, 0), nodeName(c, 1)] };
    this.pieces.set(`preprocess ${c}`, { forward, backward: tape.take(), rows: sums.rows, ...names });
  }

  /**
   * Output of cell `i`, or of the stem below 0, as cell `c` reads it. The last cell to read it is the first to have a
   * gradient for it, which then takes the place of what is there.
   */
  private inputState(tape: Tape, c: number, i: number): Tensor {
    const state = i < 0 ? this.stemOutput : this.memory.cells[i]!.output;
    if (c !== Math.min(Math.max(i, -1) + 2, this.model.cells.length - 1)) return state;
    const known = this.firstGradients.get(state);
    if (known) return known;
    const { grad, ...first } = state;
    tape.direct(first, grad!);
    this.firstGradients.set(state, first);
    return first;
  }

  private recordHead(lossGrad: Tensor) {
    const { cells, logits, targets, metrics } = this.memory;
    const tape = this.tape(PARTS.head);
    const { grad, ...output } = cells.at(-1)!.output;
    tape.direct(output, grad!);
    const pooled = tape.apply(globalAvgPool, { x: output });
    const scores = this.model.classifier(tape, pooled, logits);
    requirePlace(scores, logits, PARTS.head);
    const forward = tape.take();
    const lossOf = (purpose: Purpose) => {
      const attrs = { labelSmoothing: 0, metrics: metrics[purpose] };
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
    this.pieces.set('head', { forward, backward: tape.take(), rows: [], ...names });
    return { loss, losses };
  }

  private piece(key: string, record: () => Piece): Piece {
    let piece = this.pieces.get(key);
    if (!piece) this.pieces.set(key, (piece = record()));
    return piece;
  }

  private tape(part: string, sums?: PartialSums, kept: Allocator = this.memory.kept): Tape {
    const { scratch, recomputed } = this.memory;
    scratch.reset();
    const homes = { activations: kept, scratch, recomputed };
    return new Tape({ engine: this.engine.inPart(part), ...homes, ...(sums ? { sums } : {}) });
  }
}

const nodeName = (c: number, node: number): string => `node ${c} ${node}`;

/** Of a cell, or of the stem, which stands before the first. */
const outputName = (c: number): string => `output ${Math.max(c, -1)}`;

const range = (begin: number, end: number): number[] =>
  Array.from({ length: end - begin }, (_, i) => begin + i);

const hasIdentity = ({ operations }: SupernetCell, from: number, to: number): boolean =>
  operations[edgeIndex(from, to)]!.some(({ kind }) => kind === 'identity');

/**
 * What an edge adds to its node: a normalised result, which may come with the moments of its chunks, the node of that
 * number, or nothing.
 */
type SumTerm = 'norm' | 'norm with moments' | number | null;

/** Other pieces read a layer's result where they expect it, not where the layer says that it is. */
function requirePlace(result: Region, place: Region, part: string): void {
  if (result.buffer !== place.buffer || result.offset !== place.offset) {
    throw new Error(
      `internal: ${part}: the result is in '${result.buffer.label}', not in '${place.buffer.label}'`,
    );
  }
}

/** Takes the forward of a recording, then records its backward from the gradients that `seed` names. */
function finish(tape: Tape, seed: () => void): Pick<Piece, 'forward' | 'backward'> {
  const forward = tape.take();
  seed();
  tape.backward();
  return { forward, backward: tape.take() };
}
