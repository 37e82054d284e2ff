// Files in memory for tests that can lose power at any write: the operation is left undone, half done or done, and
// every later one fails until restart().

import {
  type MemoryFiles as PlainFiles,
  memoryFiles as plainFiles,
} from '../../runtime/host/memory_files.ts';

export class PowerLoss extends Error {
  override name = 'PowerLoss';
}

export type CrashKind = 'undone' | 'half' | 'done';

/** A test may read and change `contents`. */
export interface MemoryFiles extends PlainFiles {
  /** Writing operations so far. */
  writes(): number;
  /** Loses power at writing operation number `write`, counted from 0 over the life of this object. */
  crashAt(write: number, kind: CrashKind): void;
  /** Power is back: what was written is there, later operations succeed. */
  restart(): void;
  /** From now on writing operations fail with this error code ('ENOSPC', ...); null for no more. */
  failWrites(code: string | null): void;
}

export function memoryFiles(): MemoryFiles {
  const files = plainFiles();
  const { contents } = files;
  let writes = 0;
  let crash: { write: number; kind: CrashKind } | null = null;
  let down = false;
  let failure: string | null = null;

  const read = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    if (down) throw new PowerLoss(path);
    return work();
  };
  /** Runs one writing operation; `half` is what a power loss in the middle of it leaves behind. */
  const write = async (path: string, whole: () => Promise<void>, half = async () => {}): Promise<void> => {
    if (down) throw new PowerLoss(path);
    if (failure) throw Object.assign(new Error(`${failure}: '${path}'`), { code: failure });
    const kind = crash?.write === writes ? crash.kind : null;
    if (kind === null || kind === 'done') await whole();
    if (kind === 'half') await half();
    writes++;
    if (kind !== null) {
      down = true;
      throw new PowerLoss(path);
    }
  };

  return {
    contents,
    writes: () => writes,
    crashAt: (at, kind) => void (crash = { write: at, kind }),
    restart: () => void ((down = false), (crash = null)),
    failWrites: (code) => void (failure = code),
    exists: (path) => read(path, () => files.exists(path)),
    size: (path) => read(path, () => files.size(path)),
    list: (path) => read(path, () => files.list(path)),
    readBytes: (path) => read(path, () => files.readBytes(path)),
    readText: (path) => read(path, () => files.readText(path)),
    makeDirectory: (path) => write(path, () => files.makeDirectory(path)),
    remove: async (path) => {
      const held = [...contents.keys()].some((name) => name === path || name.startsWith(`${path}/`));
      // nothing there is nothing to write
      if (held || (await read(path, () => files.exists(path)))) await write(path, () => files.remove(path));
    },
    writeAtomic: (path, data) =>
      write(
        path,
        () => files.writeAtomic(path, data),
        () => files.writeAtomic(`${path}.tmp`, data.slice(0, data.length >> 1)),
      ),
    rename: (path, to) => write(path, () => files.rename(path, to)),
    append: (path, text) =>
      write(
        path,
        () => files.append(path, text),
        () => files.append(path, text.slice(0, text.length >> 1)),
      ),
    truncate: (path, length) => write(path, () => files.truncate(path, length)),
    // the process that held it has lost power, too
    lock: async () => ({ check: async () => {}, release: async () => {} }),
  };
}
