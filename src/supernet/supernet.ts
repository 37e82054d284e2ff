// The supernet as recorded pieces: a step concatenates the pieces of its architecture, and the first architecture to
// need a piece has it recorded. Nothing is created for an architecture whose pieces are all known.
import type { Command } from '../../runtime/engine/engine.ts';
import { commandsOnly, inOrder, type Step } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';
import { type Architecture, type Cell, looseEnds } from '../arch/genotype.ts';
import { edgeIndex } from '../arch/search_space.ts';
import { type EdgePlace, recordConcatenation, recordEdge, recordSum, type SumTerm } from './cell_pieces.ts';
import { CellStates, recordHead, recordPreprocess, recordStem } from './end_pieces.ts';
import type { Purpose, SupernetMemory } from './memory.ts';
import type { SupernetCell, SupernetModel } from './model.ts';
import { BOTH } from './normalised_pair.ts';
import { changedPieces, type Piece, type PieceContext } from './piece.ts';

export class Supernet {
  private readonly pieces = new Map<string, Piece>();
  /** Paths of architectures in use: a step of theta asks for the same ones again. */
  private readonly paths = new WeakMap<Architecture, readonly Piece[]>();
  private readonly model: SupernetModel;
  private readonly memory: SupernetMemory;
  private readonly stem: Piece;
  private readonly preprocess: readonly Piece[];
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
    this.preprocess = model.cells.map((_, c) => recordPreprocess(context, c, states));
    const { piece, loss, losses } = recordHead(context, lossGrad);
    this.head = piece;
    this.loss = loss;
    this.losses = losses;
    this.clearGradients = commandsOnly([engine.recordClear(model.weights.grads!)]);
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
          primitives.forEach((_, p) =>
            BOTH.forEach((side) => this.edge({ c, to, side, from, primitive: p })),
          );
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
    const pieces = [this.stem];
    this.model.cells.forEach(({ geometry }, c) => {
      pieces.push(this.preprocess[c]!);
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
        const { kind } = this.model.cells[c]!.operations[edgeIndex(from, to)]![primitive]!;
        const piece = this.edge({ c, to, side, from, primitive });
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

  private edge(place: EdgePlace): Piece {
    const { c, to, side, from, primitive } = place;
    return this.piece(`edge ${c} ${to} ${side} ${from} ${primitive}`, () => recordEdge(this.context, place));
  }

  private sum(c: number, to: number, terms: readonly [SumTerm, SumTerm]): Piece {
    return this.piece(`sum ${c} ${to} ${terms[0]} ${terms[1]}`, () => recordSum(this.context, c, to, terms));
  }

  private concatenation(c: number, kept: readonly number[]): Piece {
    return this.piece(`concat ${c} ${kept.join(',')}`, () => recordConcatenation(this.context, c, kept));
  }

  /** The piece of that name, recorded when it is first asked for. */
  private piece(key: string, record: () => Piece): Piece {
    let piece = this.pieces.get(key);
    if (!piece) this.pieces.set(key, (piece = record()));
    return piece;
  }
}

const range = (begin: number, end: number): number[] =>
  Array.from({ length: end - begin }, (_, i) => begin + i);

const hasIdentity = ({ operations }: SupernetCell, from: number, to: number): boolean =>
  operations[edgeIndex(from, to)]!.some(({ kind }) => kind === 'identity');
