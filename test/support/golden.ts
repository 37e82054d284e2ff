// Unpacks the golden results (test/golden/) in memory.

import { brotliDecompressSync } from 'node:zlib';
import { memoryFiles } from './memory_files.ts';
import type { MemoryFiles } from './memory_files.ts';
import { readRepositoryFile } from './repository.ts';

export const GOLDEN_DIR = 'golden';
export const GOLDEN_STEM = 'dev';

/** Files that hold `golden/dev.json` and `golden/dev.safetensors`, as a user's directory would. */
export async function goldenFiles(): Promise<MemoryFiles> {
  const files = memoryFiles();
  await files.makeDirectory(GOLDEN_DIR);
  for (const name of [`${GOLDEN_STEM}.json`, `${GOLDEN_STEM}.safetensors`]) {
    const packed = readRepositoryFile(`test/golden/${name}.br`);
    await files.writeAtomic(`${GOLDEN_DIR}/${name}`, brotliDecompressSync(packed));
  }
  return files;
}
