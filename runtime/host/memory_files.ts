// Files in memory, for pages and for programs that keep a run to themselves. Paths are relative, with '/'.

import { UserError } from '../errors.ts';
import type { Files } from './platform.ts';

/** Files in memory; `contents` may be read, copied and handed to another one. */
export interface MemoryFiles extends Files {
  /** Path -> contents. */
  readonly contents: Map<string, Uint8Array<ArrayBuffer>>;
}

/** An error with a code, as `Files` has them. */
export const failure = (code: string, why: string): Error =>
  Object.assign(new Error(`${why} (${code})`), { code });

/** Files in memory, empty at first. As every `Files`, it writes into folders that were made before. */
export function memoryFiles(): MemoryFiles {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  const folders = new Set<string>();
  const locked = new Set<string>();

  const bytesOf = (path: string): Uint8Array<ArrayBuffer> => {
    const bytes = contents.get(path);
    if (!bytes) throw failure('ENOENT', `cannot read ${path}: no such file`);
    return bytes;
  };
  const put = (path: string, bytes: Uint8Array<ArrayBuffer>): void => {
    const slash = path.lastIndexOf('/');
    const folder = path.slice(0, Math.max(0, slash));
    if (folder !== '' && !folders.has(folder)) {
      throw failure('ENOENT', `cannot write ${path}: no folder ${folder}`);
    }
    contents.set(path, bytes);
  };

  return {
    contents,
    exists: async (path) => contents.has(path) || folders.has(path),
    size: async (path) => bytesOf(path).length,
    list: async (path) => {
      if (!folders.has(path)) throw failure('ENOENT', `cannot list ${path}: no such folder`);
      const inside = [...contents.keys(), ...folders].filter((name) => name.startsWith(`${path}/`));
      return [...new Set(inside.map((name) => name.slice(path.length + 1).split('/')[0]!))].sort();
    },
    readBytes: async (path) => bytesOf(path).slice(),
    readText: async (path) => new TextDecoder().decode(bytesOf(path)),
    makeDirectory: async (path) => {
      const parts = path.split('/');
      parts.forEach((_, i) => folders.add(parts.slice(0, i + 1).join('/')));
    },
    remove: async (path) => {
      const within = (name: string): boolean => name === path || name.startsWith(`${path}/`);
      for (const name of [...contents.keys()].filter(within)) contents.delete(name);
      for (const name of [...folders].filter(within)) folders.delete(name);
    },
    writeAtomic: async (path, data) =>
      put(path, typeof data === 'string' ? new TextEncoder().encode(data) : new Uint8Array(data)),
    rename: async (path, to) => {
      const bytes = bytesOf(path);
      contents.delete(path);
      put(to, bytes);
    },
    append: async (path, text) => {
      const before = contents.get(path) ?? new Uint8Array(0);
      const added = new TextEncoder().encode(text);
      const bytes = new Uint8Array(before.length + added.length);
      bytes.set(before);
      bytes.set(added, before.length);
      put(path, bytes);
    },
    truncate: async (path, bytes) => put(path, bytesOf(path).slice(0, bytes)),
    lock: async (folder) => {
      if (locked.has(folder)) throw new UserError(`${folder}: a run is going on in this folder; wait for it`);
      locked.add(folder);
      return { check: async () => {}, release: async () => void locked.delete(folder) };
    },
  };
}
