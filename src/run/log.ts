// The .jsonl files of a run: they grow row by row, and are cut back to what a checkpoint knows of.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { formatJsonLine } from '../io/json.ts';

/** Rows that may wait in memory. */
const ROWS_PER_FLUSH = 32;

export interface Log {
  append(row: object): Promise<void>;
  /** Writes the rows that wait; returns the bytes written since the log was opened. */
  flush(): Promise<number>;
}

/** Opens the log at `path`, which need not exist. */
export function openLog(files: Files, path: string): Log {
  let rows: string[] = [];
  let written = 0;
  const flush = async (): Promise<number> => {
    if (rows.length > 0) {
      const text = rows.join('');
      rows = [];
      await files.append(path, text);
      written += new TextEncoder().encode(text).length;
    }
    return written;
  };
  return {
    flush,
    async append(row) {
      rows.push(formatJsonLine(row, path));
      if (rows.length >= ROWS_PER_FLUSH) await flush();
    },
  };
}

/** Drops the rows that came after the checkpoint. Throws UserError where some before it are missing. */
export async function cutLog(files: Files, path: string, length: number): Promise<void> {
  const size = (await files.exists(path)) ? await files.size(path) : 0;
  if (size < length) {
    throw new UserError(
      `${path}: got ${size} bytes, but the checkpoint was saved when it had ${length}; ` +
        'restore the file, or start the run again in another folder',
    );
  }
  if (size > length) await files.truncate(path, length);
}

/** Drops the half row that an interrupted append leaves at the end. */
export async function dropTornRow(files: Files, path: string): Promise<void> {
  if (!(await files.exists(path))) return;
  const bytes = await files.readBytes(path);
  const whole = bytes.lastIndexOf(0x0a) + 1;
  if (whole < bytes.length) await files.truncate(path, whole);
}
