// Keeps Dawn's own words from the user's terminal and logs: on every start it prints warnings about limits and missing
// drivers straight to file descriptor 2, and has no switch for it.

import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { type Copying, openNameless, prepareCopying, sameFile } from './copy_descriptor.ts';

/**
 * What Dawn says of every llvmpipe, and of a Vulkan loader that has no driver; the next one is tried then, and a
 * machine that has none at all gets an error of ours.
 */
const USUAL =
  /^Warning: (?:maxDynamic\w+ artificially reduced .*\n|vkCreateInstance.*\n(?:(?: {4}at .*\n)+\n)?)/gm;

/**
 * Runs `work`, and drops from what reaches descriptor 2 meanwhile the lines that Dawn always prints; all else follows
 * when `work` has ended. Only a crash of the process in just this time takes words with it. Where descriptors cannot
 * be copied (not Linux, or no temporary folder to load a library from) nothing is dropped.
 */
export async function withQuietStderr<T>(work: () => Promise<T>): Promise<T> {
  const restore = divertStderr();
  process.once('exit', restore);
  try {
    return await work();
  } finally {
    process.off('exit', restore);
    restore();
  }
}

/** Leads descriptor 2 into a file; returns what leads it back and hands on what must not be lost. */
function divertStderr(): () => void {
  const nothing = (): void => {};
  if (process.platform !== 'linux') return nothing;
  // made now, since it looks at the descriptor to see whether it is a terminal
  void process.stderr;
  const open: number[] = [];
  const ready: Copying[] = [];
  const close = (): void => {
    for (const copying of ready) copying.close();
    for (const descriptor of open) closeSync(descriptor);
  };
  const copying = (from: number, to: number): Copying => {
    const made = prepareCopying(from, to);
    if (!made) throw new Error('no copying of descriptors here');
    ready.push(made);
    return made;
  };
  try {
    const captured = openNameless('a+');
    open.push(captured);
    const saved = openSync('/dev/null', 'r');
    open.push(saved);
    const [save, divert, restore] = [copying(2, saved), copying(captured, 2), copying(saved, 2)];
    save.run();
    if (!sameFile(2, saved)) throw new Error('libraries cannot be loaded here');
    divert.run();
    return () => {
      restore.run();
      writeAll(2, unusual(captured));
      close();
    };
  } catch {
    close();
    return nothing;
  }
}

/** What was written to the file, without what is always written. */
function unusual(file: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(file).size);
  readSync(file, bytes, 0, bytes.length, 0);
  // latin1 keeps every byte, whatever the encoding was
  return Buffer.from(bytes.toString('latin1').replace(USUAL, ''), 'latin1');
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      // a pipe that does not block, and is full
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
