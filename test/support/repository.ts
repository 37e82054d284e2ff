// Reads files of the repository from a test, wherever its bundle lies.

import { existsSync, readFileSync } from 'node:fs';

function findRoot(): URL {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) {
    const parent = new URL('..', folder);
    if (parent.href === folder.href) throw new Error(`no package.json above ${import.meta.url}`);
    folder = parent;
  }
  return folder;
}

export const repositoryRoot = findRoot();

/** `path` is relative to the repository. */
export function readRepositoryFile(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(path, repositoryRoot)));
}
