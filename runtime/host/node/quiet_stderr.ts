// Keeps native code from writing on the user's terminal: Dawn prints warnings about limits and missing drivers
// straight to file descriptor 2, on every start, and has no switch for it.

import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * Runs `work` with descriptor 2 leading nowhere, where it is a terminal. A file or pipe is left as it is: it
 * could not be put back (opening it anew would start a second write position), and a log may keep the words.
 */
export async function withQuietStderr<T>(work: () => Promise<T>): Promise<T> {
  if (process.platform !== 'linux' || !isatty(2)) return work();
  const terminal = openSync('/proc/self/fd/2', 'w');
  replaceDescriptor2('/dev/null');
  try {
    return await work();
  } finally {
    replaceDescriptor2(`/proc/self/fd/${terminal}`);
    closeSync(terminal);
  }
}

/** A file just opened gets the lowest free descriptor: 2, once that has been closed. */
function replaceDescriptor2(path: string): void {
  closeSync(2);
  openSync(path, 'w');
}
