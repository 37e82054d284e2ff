// An in-memory Files for tests that can lose power at any write: the operation is left undone, half done or done,
// and every later one fails until restart().

import type { Files } from '../../runtime/platform.ts';

export class PowerLoss extends Error {
  override name = 'PowerLoss';
}

export type CrashKind = 'undone' | 'half' | 'done';

export interface MemoryFiles extends Files {
  /** Path -> contents; a test may read and change it. */
  readonly contents: Map<string, Uint8Array<ArrayBuffer>>;
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
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  const folders = new Set<string>();
  let writes = 0;
  let crash: { write: number; kind: CrashKind } | null = null;
  let down = false;
  let failure: string | null = null;

  const errorWith = (code: string, path: string) => Object.assign(new Error(`${code}: '${path}'`), { code });
  const bytesOf = (data: Uint8Array | string) =>
    typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data);

  const read = (path: string): Uint8Array<ArrayBuffer> => {
    if (down) throw new PowerLoss(path);
    const bytes = contents.get(path);
    if (!bytes) throw errorWith('ENOENT', path);
    return bytes;
  };
  /** Runs one writing operation; `half` is what a power loss in the middle of it leaves behind. */
  const write = (path: string, whole: () => void, half: () => void = () => {}) => {
    if (down) throw new PowerLoss(path);
    if (failure) throw errorWith(failure, path);
    const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
    if (parent && !folders.has(parent) && !contents.has(path)) throw errorWith('ENOENT', path);
    const kind = crash?.write === writes ? crash.kind : null;
    writes++;
    if (kind === null || kind === 'done') whole();
    if (kind === 'half') half();
    if (kind !== null) {
      down = true;
      throw new PowerLoss(path);
    }
  };
  const concat = (a: Uint8Array, b: Uint8Array) => {
    const sum = new Uint8Array(a.length + b.length);
    sum.set(a);
    sum.set(b, a.length);
    return sum;
  };

  return {
    contents,
    writes: () => writes,
    crashAt: (at, kind) => void (crash = { write: at, kind }),
    restart: () => void ((down = false), (crash = null)),
    failWrites: (code) => void (failure = code),
    exists: async (path) => {
      if (down) throw new PowerLoss(path);
      return contents.has(path) || folders.has(path);
    },
    size: async (path) => read(path).length,
    list: async (path) => {
      if (down) throw new PowerLoss(path);
      if (!folders.has(path)) throw errorWith('ENOENT', path);
      const names = [...contents.keys(), ...folders].filter((name) => name.startsWith(`${path}/`));
      return [...new Set(names.map((name) => name.slice(path.length + 1).split('/')[0]))].sort();
    },
    readBytes: async (path) => read(path).slice(),
    readText: async (path) => new TextDecoder().decode(read(path)),
    makeDirectory: async (path) =>
      write('', () => {
        const parts = path.split('/');
        for (let n = 1; n <= parts.length; n++) folders.add(parts.slice(0, n).join('/'));
      }),
    remove: async (path) => {
      const held = [...contents.keys()].filter((name) => name === path || name.startsWith(`${path}/`));
      if (held.length === 0 && !folders.has(path)) return;
      write(path, () => {
        for (const name of held) contents.delete(name);
        folders.delete(path);
      });
    },
    writeAtomic: async (path, data) => {
      const bytes = bytesOf(data);
      const half = () => contents.set(`${path}.tmp`, bytes.slice(0, bytes.length >> 1));
      write(path, () => contents.set(path, bytes), half);
    },
    append: async (path, text) => {
      const bytes = bytesOf(text);
      const add = (part: Uint8Array) =>
        contents.set(path, concat(contents.get(path) ?? new Uint8Array(0), part));
      write(
        path,
        () => add(bytes),
        () => add(bytes.subarray(0, bytes.length >> 1)),
      );
    },
    truncate: async (path, length) => {
      const bytes = read(path);
      write(path, () => contents.set(path, bytes.slice(0, length)));
    },
  };
}
