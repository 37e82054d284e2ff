// The platform in a page or a worker: files in memory, the program's own files by fetch from beside the bundle.

import { RunError } from '../../errors.ts';
import { type MemoryFiles, memoryFiles } from '../memory_files.ts';
import type { LibraryPlatform } from '../platform.ts';

export interface BrowserPlatform extends LibraryPlatform {
  readonly files: MemoryFiles;
}

/** @param files those of an earlier platform, to go on with what they hold */
export function browserPlatform(files: MemoryFiles = memoryFiles()): BrowserPlatform {
  return {
    files,
    readAsset,
    runtime: `browser ${navigator.userAgent}`,
    now: () => performance.now(),
  };
}

async function readAsset(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(path, import.meta.url);
  let why;
  try {
    const response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    why = `HTTP status ${response.status}`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  throw new RunError(`cannot load ${url.href}: ${why}; serve the whole folder of the bundle over HTTP`);
}
