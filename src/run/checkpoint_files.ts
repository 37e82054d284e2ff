// The last two checkpoints of a run. The one before stays until the next is on the disk and has been read back whole:
// where the last is damaged, the run goes on from the one before.
import type { Files } from '../../runtime/host/platform.ts';
import { RunError } from '../../runtime/errors.ts';
import { type Checkpoint, UnreadableCheckpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';

const LAST = 'checkpoint.safetensors';
const PREVIOUS = 'checkpoint.previous.safetensors';

/** Their names in a run folder. */
export const CHECKPOINT_FILES = [LAST, PREVIOUS] as const;

export type SavedCheckpoint = Checkpoint & { readonly metricsBytes: number };

export interface Checkpoints {
  /**
   * The last whole checkpoint; null where none was saved.
   * @param note is told of a damaged one that is passed over
   * Throws UserError where there is one, and none can be read.
   */
  read(note: (line: string) => void): Promise<SavedCheckpoint | null>;
  /** Replaces the last one. Throws RunError where the disk does not keep what is written. */
  save(checkpoint: Checkpoint, metricsBytes: number): Promise<void>;
  /** Leaves the last whole one alone: a finished run needs no other. */
  keepOne(): Promise<void>;
}

/** The checkpoints in the run folder `dir`. */
export function openCheckpoints(files: Files, dir: string): Checkpoints {
  const last = `${dir}/${LAST}`;
  const previous = `${dir}/${PREVIOUS}`;
  /** False where the file at `last` is damaged: it must not take the place of a whole one. */
  let lastIsWhole = true;

  const readOne = async (path: string): Promise<SavedCheckpoint | UnreadableCheckpoint | null> => {
    if (!(await files.exists(path))) return null;
    try {
      return await decodeCheckpoint(await files.readBytes(path), path);
    } catch (error) {
      if (error instanceof UnreadableCheckpoint) return error;
      throw error;
    }
  };
  return {
    async read(note) {
      const newest = await readOne(last);
      if (newest && !(newest instanceof UnreadableCheckpoint)) return newest;
      lastIsWhole = false;
      const older = await readOne(previous);
      const damage = newest ?? older;
      if (older instanceof UnreadableCheckpoint || (older === null && damage !== null)) throw damage;
      if (newest) note(`${newest.what}; going on from the one before`);
      return older;
    },
    async save(checkpoint, metricsBytes) {
      const bytes = await encodeCheckpoint(checkpoint, metricsBytes);
      if (lastIsWhole && (await files.exists(last))) await files.rename(last, previous);
      await files.writeAtomic(last, bytes);
      const kept = await readOne(last);
      lastIsWhole = kept !== null && !(kept instanceof UnreadableCheckpoint);
      if (!lastIsWhole) {
        throw new RunError(
          `${last}: the disk does not hold what was written to it; the checkpoint before is kept: ` +
            'check the disk, then go on with --resume',
        );
      }
    },
    async keepOne() {
      if (lastIsWhole) await files.remove(previous);
      else if (await files.exists(previous)) await files.rename(previous, last);
      lastIsWhole = true;
    },
  };
}
