// The supernet as recorded pieces: a step concatenates the pieces of its architecture, and the first architecture to
// need a piece has it recorded. Nothing is created for an architecture whose pieces are all known.
import type { Command } from '../../runtime/engine/engine.ts';
import { commandsOnly, inOrder, type Step } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Architecture, type Cell, looseEnds } from '../arch/genotype.ts';
import { edgeIndex } from '../arch/search_space.ts';
import {
  type EdgePlace,
  recordConcatenation,
  recordEdge,
  recordLastNode,
  recordSum,
  type SumTerm,
} from './cell_pieces.ts';
import { CellStates, recordEntry, recordHead, recordStem } from './end_pieces.ts';
import { middleOf, type Purpose, type SupernetMemory } from './memory.ts';
import type { EdgeOperation, SupernetModel } from './model.ts';
import { BOTH, type Side } from './normalised_pair.ts';
import { changedPieces, type Piece, type PieceContext } from './piece.ts';

export class Supernet {
  private readonly pieces = new Map<string, Piece>();
  /** Paths of architectures in use: a step of theta asks for the same ones again. */
  private readonly paths = new WeakMap<Architecture, readonly Piece[]>();
  private readonly model: SupernetModel;
  private readonly memory: SupernetMemory;
  private readonly stem: Piece;
  /** What makes the inputs, by cell. */
  private readonly entries: readonly Piece[];
  private readonly head: Piece;
  private readonly losses: Readonly<Record<Purpose, readonly Command[]>>;
  /** Mean cross-entropy of the batch, one float. */
  readonly loss: Tensor;
  /** Zeroes the gradients of the weights: before the first `train` of an update. */
  readonly clearGradients: Step;

  /**
   * @param lossGrad one float on the GPU: the gradient of the total with respect to this batch's mean loss
   *   (1/m where m architectures share an update)
   */
  constructor(
    private readonly context: PieceContext,
    lossGrad: Tensor,
  ) {
    const { engine, model, memory } = context;
    this.model = model;
    this.memory = memory;
    const stem = recordStem(context);
    this.stem = stem.piece;
    const states = new CellStates(
      stem.output,
      memory.cells.map(({ output }) => output),
    );
    this.entries = model.cells.map((_, c) => recordEntry(context, c, states));
    const { piece, loss, losses } = recordHead(context, lossGrad);
    this.head = piece;
    this.loss = loss;
    this.losses = losses;
    this.clearGradients = commandsOnly([engine.recordClear(model.weights.grads)]);
  }

  /** How many pieces of cells are recorded so far. */
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
    const path = this.path(arch);
    const middle = middleOf(this.model);
    const begin = path.indexOf(this.entries[middle]!);
    // the parts of the late cells' gradients make room for those of the early ones
    const halves = [
      { pieces: path.slice(begin), sums: this.memory.sumsOf(middle) },
      { pieces: path.slice(0, begin), sums: this.memory.sumsOf(-1) },
    ];
    return inOrder(
      this.forward(arch, 'weights'),
      ...halves.flatMap(({ pieces, sums }) => {
        const backward = pieces.reverse();
        return [commandsOnly(...backward.map((piece) => piece.backward)), sums.step(backward)];
      }),
    );
  }

  /** Records every piece there is, so that a plan knows all memory and pipelines. */
  recordAll(): void {
    const { config, edges } = this.model;
    this.model.cells.forEach((_, c) => {
      for (const { from, to, sides, primitives } of edges) {
        for (const op of primitives) {
          const primitive = config.primitives.indexOf(op);
          for (const side of sides) this.edge({ c, to, side, from, primitive });
        }
      }
      for (let to = 2; to < config.nodes + 2; to++) {
        const [first, second] = BOTH.map((side) => this.termsOf(c, to, side));
        for (const a of first!) for (const b of second!) this.sum(c, to, [a, b]);
      }
      this.output(c, []);
    });
  }

  /**
   * All kinds of terms that an edge can add. Of identities those of one of the cell's inputs and of one of its nodes:
   * inputs may have batch norms pending, nodes have not, and there is no other difference between pipelines.
   */
  private termsOf(c: number, to: number, side: Side): SumTerm[] {
    const edges = this.model.edges.filter((edge) => edge.to === to && edge.sides.includes(side));
    const terms = new Set<SumTerm>();
    const identities = new Map<boolean, number>();
    for (const { from } of edges) {
      // holes are left out
      this.operationsOf(c, from, to).forEach((operation) => {
        if (operation.kind === 'null') terms.add(null);
        else if (operation.kind === 'compute') {
          for (const term of termsOfResult(operation)) terms.add(term);
        } else if (!identities.has(from < 2)) identities.set(from < 2, from);
      });
    }
    return [...terms, ...identities.values()];
  }

  private operationsOf(c: number, from: number, to: number): readonly EdgeOperation[] {
    return this.model.cells[c]!.operations[edgeIndex(from, to)]!;
  }

  private path(arch: Architecture): readonly Piece[] {
    const known = this.paths.get(arch);
    if (known) return known;
    const { normal, reduce } = arch;
    const pieces = [this.stem];
    this.model.cells.forEach(({ geometry }, c) => {
      pieces.push(this.entries[c]!);
      pieces.push(...this.cellPath(c, geometry.reduction ? reduce : normal));
    });
    pieces.push(this.head);
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
        const operation = this.operationsOf(c, from, to)[primitive]!;
        const piece = this.edge({ c, to, side, from, primitive });
        return { piece, term: termOf(operation, from, piece) };
      });
      pieces.push(...edges.map(({ piece }) => piece));
      const terms = edges.map(({ term }) => term);
      pieces.push(this.sum(c, to, terms as [SumTerm, SumTerm]));
    }
    pieces.push(this.output(c, config.looseEnd ? looseEnds(cell) : []));
    return pieces;
  }

  private edge(place: EdgePlace): Piece {
    const { c, to, side, from, primitive } = place;
    return this.piece(`edge ${c} ${to} ${side} ${from} ${primitive}`, () => recordEdge(this.context, place));
  }

  private sum(c: number, to: number, terms: readonly [SumTerm, SumTerm]): Piece {
    return this.piece(`sum ${c} ${to} ${terms[0]} ${terms[1]}`, () => recordSum(this.context, c, to, terms));
  }

  /** @param kept nodes that a concatenation does not multiply by 0; none listed means all */
  private output(c: number, kept: readonly number[]): Piece {
    if (this.model.output === 'last node')
      return this.piece(`output ${c}`, () => recordLastNode(this.context, c));
    return this.piece(`concat ${c} ${kept.join(',')}`, () => recordConcatenation(this.context, c, kept));
  }

  /** The piece of that name, recorded when it is first asked for. */
  private piece(key: string, record: () => Piece): Piece {
    let piece = this.pieces.get(key);
    if (!piece) this.pieces.set(key, (piece = record()));
    return piece;
  }
}

/** What an edge adds to its node, by its operation and its piece. */
function termOf(operation: EdgeOperation, from: number, { leavesMoments }: Piece): SumTerm {
  if (operation.kind === 'null') return null;
  if (operation.kind === 'identity') return from;
  if (!operation.normalised) return 'as it is';
  return leavesMoments ? 'norm with moments' : 'norm';
}

const termsOfResult = ({ normalised }: { readonly normalised: boolean }): readonly SumTerm[] =>
  normalised ? ['norm', 'norm with moments'] : ['as it is'];
