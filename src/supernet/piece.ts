// What a supernet's step consists of: pieces (an edge's operation, a preprocessing, a node's sum, the head ...), each
// recorded once, forward and backward, and replayed ever after.
import type { Command, Region } from '../../runtime/engine/engine.ts';
import type { Allocator } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import type { PartialSums } from '../core/recorder.ts';
import { Tape } from '../core/tape.ts';
import type { SumRows } from './gradient_sums.ts';
import type { SupernetMemory } from './memory.ts';
import type { SupernetModel } from './model.ts';
import type { Side } from './normalised_pair.ts';

export interface Piece {
  readonly forward: readonly Command[];
  readonly backward: readonly Command[];
  /** The weight gradients that its backward leaves in parts. */
  readonly rows: SumRows;
  /** Whether the result that it leaves to be normalised comes with the moments of its chunks. */
  readonly leavesMoments?: boolean;
  /** Names of what its forward reads and writes; every name is written by one piece of a path. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/**
 * The pieces of a path whose forward must run where memory holds that of another path, on the same images and with
 * the same weights: those that the other path lacks, and those that read what these write.
 */
export function changedPieces(path: readonly Piece[], other: readonly Piece[]): Piece[] {
  const known = new Set(other);
  const changed = new Set<string>();
  return path.filter((piece) => {
    if (known.has(piece) && !piece.reads.some((name) => changed.has(name))) return false;
    for (const name of piece.writes) changed.add(name);
    return true;
  });
}

/** What pieces are recorded with. */
export interface PieceContext {
  readonly engine: PlannedEngine;
  readonly model: SupernetModel;
  readonly memory: SupernetMemory;
}

/**
 * A tape for one piece. Temporaries of other pieces are given up: pieces run one after the other.
 * @param part of the program that the piece's commands belong to
 * @param sums takes the parts of weight gradients
 * @param kept where lies what backward needs
 */
export function pieceTape(
  { engine, memory }: PieceContext,
  part: string,
  sums?: PartialSums,
  kept: Allocator = memory.kept,
): Tape {
  const { scratch, recomputed } = memory;
  scratch.reset();
  const homes = { activations: kept, scratch, recomputed };
  return new Tape({ engine: engine.inPart(part), ...homes, ...(sums ? { sums } : {}) });
}

/** Takes the forward of a recording, then records its backward from the gradients that `seed` names. */
export function takeForwardAndBackward(tape: Tape, seed: () => void): Pick<Piece, 'forward' | 'backward'> {
  const forward = tape.take();
  seed();
  tape.backward();
  return { forward, backward: tape.take() };
}

/**
 * Throws where a layer's result is not in the place that it was asked for: other pieces read it there, not where the
 * layer says that it is.
 */
export function requirePlace(result: Region, place: Region, part: string): void {
  if (result.buffer !== place.buffer || result.offset !== place.offset) {
    throw new Error(
      `internal: ${part}: the result is in '${result.buffer.label}', not in '${place.buffer.label}'`,
    );
  }
}

/** What pieces read and write, by name: a node of cell `c`, the result of an edge to it, ... */
export const nodeName = (c: number, node: number): string => `node ${c} ${node}`;
export const edgeName = (c: number, to: number, side: Side): string => `edge ${c} ${to} ${side}`;

/** ... the output of a cell, or of the stem, which stands before the first. */
export const outputName = (c: number): string => `output ${Math.max(c, -1)}`;
