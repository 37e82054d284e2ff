// What an interrupted atomic write leaves behind: a temporary file beside the one that was to be written.

import type { Files } from '../../runtime/host/platform.ts';

/** Removes the temporary files that belong to `names` in `dir`. */
export async function removeLeftovers(files: Files, dir: string, names: readonly string[]): Promise<void> {
  for (const entry of await files.list(dir)) {
    if (entry.endsWith('.tmp') && names.some((name) => entry.startsWith(`${name}.`))) {
      await files.remove(`${dir}/${entry}`);
    }
  }
}
