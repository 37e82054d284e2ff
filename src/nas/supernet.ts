// The supernet as recorded pieces. A piece (an edge's operation, a preprocessing, a node's sum, the head ...) is
// recorded once, forward and backward, the first time an architecture names it, and replayed ever after; a step
// concatenates the pieces of its architecture. Nothing is created for an architecture whose pieces are all known.
import type { Command, Engine } from '../../runtime/engine.ts';
import { add } from '../ops/add.ts';
import { concat } from '../ops/concat.ts';
import { crossEntropy } from '../ops/cross_entropy.ts';
import { globalAvgPool } from '../ops/global_avg_pool.ts';
import { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { type Architecture, type Cell, looseEnds } from './genotype.ts';
import { edgeIndex } from './search_space.ts';
import { type EdgePlace, type Purpose, PURPOSES, type SupernetMemory } from './supernet_memory.ts';
import type { SupernetModel } from './supernet_model.ts';

interface Piece {
  readonly forward: readonly Command[];
  readonly backward: readonly Command[];
}

export class Supernet {
  private readonly losses: Readonly<Record<Purpose, readonly Command[]>>;
  private readonly pieces = new Map<string, Piece>();
  private readonly stemOutput: Tensor;
  /** Mean cross-entropy of the batch, one float. */
  readonly loss: Tensor;
  private readonly clears: readonly Command[];

  /**
   * @param lossGrad one float on the GPU: the gradient of the total with respect to this batch's mean loss
   *   (1/m where m architectures share an update)
   */
  constructor(
    private readonly engine: Engine,
    readonly model: SupernetModel,
    readonly memory: SupernetMemory,
    lossGrad: Tensor,
  ) {
    const stem = this.tape();
    const output = model.stem(stem, memory.images);
    this.stemOutput = { ...output, grad: memory.stemGrad };
    this.pieces.set(
      'stem',
      finish(stem, () => stem.seed(output, memory.stemGrad)),
    );
    model.cells.forEach((_, c) => this.recordPreprocess(c));
    const head = this.recordHead(lossGrad);
    this.loss = head.loss;
    this.losses = head.losses;
    this.clears = [memory.zeroed, model.weights.grads!].map((region) => engine.recordClear(region));
  }

  /** How many pieces are recorded so far. */
  get pieceCount(): number {
    return this.pieces.size;
  }

  /** Zeroes the gradients of the weights: before the first backward of an update. */
  clearWeightGrads(): readonly Command[] {
    return [this.clears[1]!];
  }

  /** From `memory.images` to `memory.logits`, the loss, and the counts of `purpose`. */
  forward(arch: Architecture, purpose: Purpose): (readonly Command[])[] {
    return [...this.path(arch).map((piece) => piece.forward), this.losses[purpose]];
  }

  /** Adds the loss gradient of every weight on the path; after `forward` of the same architecture. */
  backward(arch: Architecture): (readonly Command[])[] {
    const pieces = this.path(arch).reverse();
    return [[this.clears[0]!], ...pieces.map((piece) => piece.backward)];
  }

  /** Records every piece there is, so that a plan knows all memory and pipelines. */
  recordAll(): void {
    this.model.cells.forEach((cell, c) => {
      const { nodes, primitives } = this.model.config;
      for (let to = 2; to < nodes + 2; to++) {
        for (let from = 0; from < to; from++) {
          primitives.forEach((_, p) => ([0, 1] as const).forEach((side) => this.edge(c, to, side, from, p)));
        }
        // All kinds of sums, so that every pipeline is known; which node an identity passes on does not matter.
        const identity = cell.operations
          .slice(edgeIndex(0, to), edgeIndex(0, to) + to)
          .findIndex((operations) => operations.some(({ kind }) => kind === 'identity'));
        const terms: SumTerm[] = ['norm', null, ...(identity >= 0 ? [identity] : [])];
        terms.forEach((a) => terms.forEach((b) => this.sum(c, to, [a, b])));
      }
      this.concatenation(c, []);
    });
  }

  private path({ normal, reduce }: Architecture): Piece[] {
    const pieces = [this.pieces.get('stem')!];
    this.model.cells.forEach(({ geometry }, c) => {
      pieces.push(this.pieces.get(`preprocess ${c}`)!);
      pieces.push(...this.cellPath(c, geometry.reduction ? reduce : normal));
    });
    pieces.push(this.pieces.get('head')!);
    return pieces;
  }

  private cellPath(c: number, cell: Cell): Piece[] {
    const { config } = this.model;
    const pieces: Piece[] = [];
    for (let to = 2; to < config.nodes + 2; to++) {
      const terms = ([0, 1] as const).map((side) => {
        const [op, from] = cell[2 * (to - 2) + side]!;
        const primitive = config.primitives.indexOf(op);
        pieces.push(this.edge(c, to, side, from, primitive));
        const { kind } = this.model.cells[c]!.operations[edgeIndex(from, to)]![primitive]!;
        return kind === 'compute' ? 'norm' : kind === 'identity' ? from : null;
      });
      pieces.push(this.sum(c, to, terms as [SumTerm, SumTerm]));
    }
    const kept = config.looseEnd ? looseEnds(cell) : [];
    pieces.push(this.concatenation(c, config.looseEnd ? kept : []));
    return pieces;
  }

  /** The operation `primitive` between nodes `from` and `to`, as the first or second edge of node `to`. */
  private edge(c: number, to: number, side: 0 | 1, from: number, primitive: number): Piece {
    return this.piece(`edge ${c} ${to} ${side} ${from} ${primitive}`, () => {
      const memory = this.memory.cells[c]!;
      const place = memory.edges[to - 2]![side];
      const source = memory.nodes[from]!;
      const gradSum = memory.nodes[to]!.grad!;
      const operation = this.model.cells[c]!.operations[edgeIndex(from, to)]![primitive]!;
      const tape = this.tape(place);
      if (operation.kind !== 'compute') {
        // An identity hands the gradient of the sum on; null hands on nothing.
        if (operation.kind === 'identity') tape.passGrad(source, gradSum);
        return { forward: [], backward: tape.take() };
      }
      const result = operation.layer(tape, source, place.result);
      return finish(tape, () => tape.seed(result, gradSum));
    });
  }

  /** A node as the sum of its edges: a normalised result, the node that an identity passes on, or nothing. */
  private sum(c: number, to: number, terms: readonly [SumTerm, SumTerm]): Piece {
    return this.piece(`sum ${c} ${to} ${terms[0]} ${terms[1]}`, () => {
      const { nodes, edges } = this.memory.cells[c]!;
      const tensors = terms.map((term, side) => {
        const { raw, affine } = edges[to - 2]![side as 0 | 1].result;
        return term === 'norm' ? { ...raw, affine: affine! } : term === null ? null : nodes[term]!;
      });
      const [a, b = null] = tensors.filter((t) => t !== null);
      const tape = this.tape();
      if (a) tape.apply(add, { a, b }, {}, nodes[to]!);
      else tape.clear(nodes[to]!);
      // Each edge takes its gradient straight from the node: the sum has no backward of its own.
      return { forward: tape.take(), backward: [] };
    });
  }

  /** The cell's output. `kept` lists the nodes that are not multiplied by 0; none listed means all. */
  private concatenation(c: number, kept: readonly number[]): Piece {
    return this.piece(`concat ${c} ${kept.join(',')}`, () => {
      const { nodes, output } = this.memory.cells[c]!;
      const tape = this.tape();
      const inputs = nodes.slice(2).map(({ grad, ...node }) => {
        tape.direct(node, grad!);
        return node;
      });
      const mask = inputs.map((_, i) => kept.length === 0 || kept.includes(i + 2));
      const named = Object.fromEntries(inputs.map((x, i) => [`x${i}`, x]));
      const y = tape.apply(concat, named, { mask }, output);
      return finish(tape, () => tape.seed(y, output.grad!));
    });
  }

  private recordPreprocess(c: number): void {
    const memory = this.memory.cells[c]!;
    const state = (i: number): Tensor => (i < 0 ? this.stemOutput : this.memory.cells[i]!.output);
    const tape = this.tape();
    const outputs = this.model.cells[c]!.preprocess.map((layer, i) => {
      const normalised = layer(tape, state(c - 2 + i));
      return tape.apply(add, { a: normalised, b: null }, {}, memory.nodes[i]!);
    });
    const seed = () => outputs.forEach((y, i) => tape.seed(y, memory.nodes[i]!.grad!));
    this.pieces.set(`preprocess ${c}`, finish(tape, seed));
  }

  private recordHead(lossGrad: Tensor) {
    const { cells, logits, targets, meters } = this.memory;
    const tape = this.tape();
    const pooled = tape.apply(globalAvgPool, { x: cells.at(-1)!.output }, {});
    const scores = this.model.classifier(tape, pooled, { raw: logits });
    const forward = tape.take();
    const lossOf = (purpose: Purpose) => {
      const attrs = { labelSmoothing: 0, metrics: meters[purpose] };
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
    this.pieces.set('head', { forward, backward: tape.take() });
    return { loss, losses };
  }

  private piece(key: string, record: () => Piece): Piece {
    let piece = this.pieces.get(key);
    if (!piece) this.pieces.set(key, (piece = record()));
    return piece;
  }

  private tape(place?: EdgePlace): Tape {
    place?.kept.reset();
    this.memory.scratch.reset();
    return new Tape({
      engine: this.engine,
      activations: place?.kept ?? this.memory.kept,
      scratch: this.memory.scratch,
    });
  }
}

/** What an edge adds to its node: a normalised result, the node of that number, or nothing. */
type SumTerm = 'norm' | number | null;

/** Takes the forward of a recording, then records its backward from the gradients that `seed` names. */
function finish(tape: Tape, seed: () => void): Piece {
  const forward = tape.take();
  seed();
  tape.backward();
  return { forward, backward: tape.take() };
}
