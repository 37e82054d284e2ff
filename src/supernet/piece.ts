// What a supernet's step consists of: pieces, recorded once and replayed ever after.
import type { Command } from '../../runtime/engine/engine.ts';
import type { SumRows } from './gradient_sums.ts';

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
