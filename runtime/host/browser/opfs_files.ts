// Files in the origin private file system, which outlasts the page: for workers, since what flushes to the disk is there
// alone. https://fs.spec.whatwg.org
//
// A file is replaced by writing another beside it, flushing that, and moving it to its place; a tab that is closed at any
// moment leaves the old file or the new one, and perhaps the one beside it. Where a browser cannot move files, the new
// contents are copied over the old ones, and a tab closed in that moment leaves a torn file: checkpoints have digests
// and a previous one for that.

import { RunError, UserError } from '../../errors.ts';
import { failure } from '../memory_files.ts';
import type { Files, FolderLock } from '../platform.ts';

/** What TypeScript's DOM does not know of yet. */
interface MovableFile extends FileSystemFileHandle {
  move?(name: string): Promise<void>;
}
interface SyncFile {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
type OpenableFile = MovableFile & { createSyncAccessHandle(): Promise<SyncFile> };

/** Waits for another tab that has the same file open, in milliseconds. */
const RETRIES = [5, 20, 80, 320];

const nameOf = (error: unknown): string => (error as { name?: string } | null)?.name ?? '';

/** Files under the folder `root` of the origin private file system. Rejects where the browser has none for this page. */
export async function openOpfsFiles(root: string): Promise<Files> {
  const top = await (await navigator.storage.getDirectory()).getDirectoryHandle(root, { create: true });
  if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) throw new Error('no synchronous access');

  /** What is going on with a path: a file can be open once at a time. */
  const busy = new Map<string, Promise<unknown>>();
  const alone = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    const mine = (busy.get(path) ?? Promise.resolve()).catch(() => {}).then(() => explained(path, work));
    busy.set(path, mine);
    try {
      return await mine;
    } finally {
      if (busy.get(path) === mine) busy.delete(path);
    }
  };

  const folderOf = async (path: string, create = false): Promise<FileSystemDirectoryHandle> => {
    let folder = top;
    for (const part of partsOf(path)) folder = await folder.getDirectoryHandle(part, { create });
    return folder;
  };
  const parentOf = async (path: string) => {
    const parts = partsOf(path);
    const name = parts.pop() ?? '';
    return { folder: await folderOf(parts.join('/')), name };
  };
  const fileOf = async (path: string, create = false): Promise<OpenableFile> => {
    const { folder, name } = await parentOf(path);
    return (await folder.getFileHandle(name, { create })) as OpenableFile;
  };
  const withFile = async <T>(file: OpenableFile, work: (open: SyncFile) => T): Promise<T> => {
    const open = await patiently(() => file.createSyncAccessHandle());
    try {
      return work(open);
    } finally {
      open.close();
    }
  };
  const readBytes = (path: string): Promise<Uint8Array<ArrayBuffer>> =>
    alone(path, async () => {
      const file = await fileOf(path);
      return patiently(async () => new Uint8Array(await (await file.getFile()).arrayBuffer()));
    });
  const kindOf = async (path: string): Promise<'file' | 'folder' | null> => {
    const parts = partsOf(path);
    if (parts.length === 0) return 'folder';
    try {
      const { folder, name } = await parentOf(path);
      for (const kind of ['file', 'folder'] as const) {
        try {
          await (kind === 'file' ? folder.getFileHandle(name) : folder.getDirectoryHandle(name));
          return kind;
        } catch (error) {
          if (!['NotFoundError', 'TypeMismatchError'].includes(nameOf(error))) throw error;
        }
      }
      return null;
    } catch (error) {
      if (['NotFoundError', 'TypeMismatchError'].includes(nameOf(error))) return null;
      throw error;
    }
  };
  const move = async (path: string, to: string): Promise<void> => {
    const file = await fileOf(path);
    if (file.move) return patiently(() => file.move!(partsOf(to).at(-1)!));
    const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
    await withFile(await fileOf(to, true), (open) => replace(open, bytes));
    const { folder, name } = await parentOf(path);
    await folder.removeEntry(name);
  };

  return {
    exists: async (path) => (await kindOf(path)) !== null,
    size: (path) => alone(path, async () => (await (await fileOf(path)).getFile()).size),
    list: (path) =>
      explained(path, async () => {
        const names: string[] = [];
        for await (const name of (await folderOf(path)).keys()) names.push(name);
        return names.sort();
      }),
    readBytes,
    readText: async (path) => new TextDecoder().decode(await readBytes(path)),
    makeDirectory: (path) => explained(path, async () => void (await folderOf(path, true))),
    remove: (path) =>
      alone(path, async () => {
        if ((await kindOf(path)) === null) return;
        const { folder, name } = await parentOf(path);
        await patiently(() => folder.removeEntry(name, { recursive: true }));
      }),
    writeAtomic: (path, data) =>
      alone(path, async () => {
        const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
        const aside = `${path}.new.tmp`;
        try {
          await withFile(await fileOf(aside, true), (open) => replace(open, bytes));
          await move(aside, path);
        } catch (error) {
          const { folder, name } = await parentOf(aside);
          await folder.removeEntry(name).catch(() => {});
          throw error;
        }
      }),
    rename: (path, to) => alone(path, () => alone(to, () => move(path, to))),
    append: (path, text) =>
      alone(path, async () =>
        withFile(await fileOf(path, true), (open) => {
          const size = open.getSize();
          try {
            writeAll(open, new TextEncoder().encode(text), size);
            open.flush();
          } catch (error) {
            // half a row would be found in the middle later
            open.truncate(size);
            throw error;
          }
        }),
      ),
    truncate: (path, bytes) =>
      alone(path, async () =>
        withFile(await fileOf(path), (open) => {
          open.truncate(bytes);
          open.flush();
        }),
      ),
    lock: (folder) => lockFolder(`${root}/${partsOf(folder).join('/')}`, folder),
  };
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

function writeAll(open: SyncFile, bytes: Uint8Array, at: number): void {
  const written = open.write(bytes, { at });
  if (written < bytes.length) throw new DOMException('not all was written', 'QuotaExceededError');
}

function replace(open: SyncFile, bytes: Uint8Array): void {
  open.truncate(0);
  writeAll(open, bytes, 0);
  open.flush();
}

/** Tries again where somebody else, another tab of the page, has the file open for a moment. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const wait of RETRIES) {
    try {
      return await work();
    } catch (error) {
      if (!['NoModificationAllowedError', 'NotReadableError'].includes(nameOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return work();
}

/** Gives the browser's errors the codes that `Files` promises, and one line to those that a user can mend. */
async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    switch (nameOf(error)) {
      case 'NotFoundError':
        throw failure('ENOENT', `${path}: no such file or folder`);
      case 'TypeMismatchError':
        throw failure('ENOTDIR', `${path}: a file stands where a folder is needed, or the other way round`);
      case 'QuotaExceededError':
        throw new RunError(
          `${path}: the browser gives this page no more storage; delete runs or data sets, then go on`,
          { cause: error },
        );
      default:
        throw error;
    }
  }
}

/** The browser lets go of the lock when the worker that has it ends, however it ends. */
function lockFolder(name: string, folder: string): Promise<FolderLock> {
  return new Promise((resolve, reject) => {
    const released = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) {
        throw new UserError(
          `${folder}: another tab of this page is at work in it; wait for it, or close that tab`,
        );
      }
      return new Promise<void>((letGo) => {
        const release = async (): Promise<void> => {
          letGo();
          await released;
        };
        resolve({ check: async () => {}, release });
      });
    });
    released.catch(reject);
  });
}
