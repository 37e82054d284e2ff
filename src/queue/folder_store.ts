// A folder that all machines see, as a store.
import { StoreError } from '../../runtime/errors.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { Store } from '../../runtime/host/store.ts';

export function folderStore(files: Files, folder: string): Store {
  const pathOf = (key: string): string => `${folder}/${key}`;
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new StoreError(`store ${folder}: cannot ${what}: ${(error as Error).message}`, { cause: error });
    }
  };
  const under = async (key: string): Promise<string[]> => {
    const path = pathOf(key);
    if (!(await files.exists(path))) return [];
    let entries: string[];
    try {
      entries = await files.list(path);
    } catch (error) {
      // a file, not a folder
      if (/^(?:ENOTDIR|ENOENT)$/.test((error as { code?: string }).code ?? '')) return [key];
      throw error;
    }
    const lists = await Promise.all(entries.map((entry) => under(`${key}/${entry}`)));
    // what a writer that was killed left behind
    return lists.flat().filter((name) => !name.endsWith('.tmp'));
  };
  return {
    name: folder,
    read: (key) =>
      attempt(`read ${key}`, async () =>
        (await files.exists(pathOf(key))) ? files.readBytes(pathOf(key)) : null,
      ),
    write: (key, bytes) =>
      attempt(`write ${key}`, async () => {
        await files.makeDirectory(pathOf(key).replace(/\/[^/]*$/, ''));
        await files.writeAtomic(pathOf(key), bytes);
      }),
    exists: (key) => attempt(`look up ${key}`, () => files.exists(pathOf(key))),
    list: (key) => attempt(`list ${key}`, async () => (await under(key)).sort()),
    remove: (key) => attempt(`remove ${key}`, () => files.remove(pathOf(key))),
  };
}
