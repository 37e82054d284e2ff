// Keeps Dawn's own words from the user's terminal and logs: on every start it prints warnings about limits and missing
// drivers straight to file descriptor 2, and has no switch for it.

import {
  closeSync,
  constants,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isatty } from 'node:tty';

/**
 * What Dawn says of every llvmpipe, and of a Vulkan loader that has no driver; the next one is tried then, and a
 * machine that has none at all gets an error of ours.
 */
const USUAL =
  /^Warning: (?:maxDynamic\w+ artificially reduced .*\n|vkCreateInstance.*\n(?:(?: {4}at .*\n)+\n)?)/gm;

const SELF = '/proc/self/fd/2';

/**
 * Runs `work`, and keeps from descriptor 2 the lines that Dawn always prints; all else gets there. A terminal, a pipe
 * and a file that is appended to are led elsewhere meanwhile and opened again afterwards. Another file cannot be opened
 * again, since its position may be shared with other commands of a script: there the lines are overwritten by spaces. A
 * socket can neither be opened nor overwritten, and keeps them, as does everything outside Linux.
 */
export async function withQuietStderr<T>(work: () => Promise<T>): Promise<T> {
  const restore = process.platform === 'linux' ? quieten() : () => {};
  process.once('exit', restore);
  try {
    return await work();
  } finally {
    process.off('exit', restore);
    restore();
  }
}

/** Returns what ends the quiet. */
function quieten(): () => void {
  // made now, since it looks at the descriptor to see whether it is a terminal
  void process.stderr;
  try {
    const kind = fstatSync(2);
    const reopened = isatty(2) || kind.isFIFO() || (kind.isFile() && isAppended());
    if (reopened) return divert();
    if (kind.isFile()) return blankOut(position());
  } catch {
    // closed, or not to be opened again: nothing is kept from it
  }
  return () => {};
}

/** Leads descriptor 2 into a nameless file; returns what leads it back and hands on what must not be lost. */
function divert(): () => void {
  const captured = openNameless();
  // a pipe that nobody reads refuses to be opened, where it would otherwise wait for a reader
  const { O_WRONLY, O_APPEND, O_NONBLOCK } = constants;
  const flags = O_WRONLY | O_APPEND | (fstatSync(2).isFIFO() ? O_NONBLOCK : 0);
  const original = openSync(SELF, flags);
  replaceDescriptor2(captured, O_WRONLY | O_APPEND);
  return () => {
    try {
      replaceDescriptor2(original, flags);
    } catch {
      // the reader has gone meanwhile
      openSync('/dev/null', 'w');
    }
    closeSync(original);
    writeAll(unusual(captured));
    closeSync(captured);
  };
}

/** Returns what overwrites the usual lines that stand in the file behind descriptor 2 from `begin` on. */
function blankOut(begin: number): () => void {
  // now, since one that may not be read is left as it is
  const file = openSync(SELF, 'r+');
  return () => {
    try {
      const bytes = Buffer.alloc(Math.max(0, position() - begin));
      readSync(file, bytes, 0, bytes.length, begin);
      // latin1 keeps every byte where it is, whatever the encoding was
      for (const { 0: lines, index } of bytes.toString('latin1').matchAll(USUAL)) {
        writeSync(file, `${' '.repeat(lines.length - 1)}\n`, begin + index);
      }
    } finally {
      closeSync(file);
    }
  };
}

/** An open file that has no name any more, so that it is gone when the process is, however that ends. */
function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'nat-webgpu-'));
  try {
    return openSync(join(folder, 'stderr'), 'a+');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A file just opened gets the lowest free descriptor: 2, once that has been closed. */
function replaceDescriptor2(source: number, flags: number): void {
  closeSync(2);
  openSync(`/proc/self/fd/${source}`, flags);
}

/** What the kernel knows of descriptor 2: 'pos:\t12\nflags:\t0102001\n...', the flags in octal. */
const descriptorInfo = (field: 'pos' | 'flags'): string =>
  new RegExp(`^${field}:\\s*(\\d+)$`, 'm').exec(readFileSync('/proc/self/fdinfo/2', 'utf8'))?.[1] ?? '0';

const position = (): number => Number(descriptorInfo('pos'));

const isAppended = (): boolean => (parseInt(descriptorInfo('flags'), 8) & 0o2000) !== 0;

/** What was written to the file, without what is always written. */
function unusual(file: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  return Buffer.from(bytes.toString('latin1').replace(USUAL, ''), 'latin1');
}

function writeAll(bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(2, bytes, done);
    } catch (error) {
      // a pipe that does not block, and is full
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
