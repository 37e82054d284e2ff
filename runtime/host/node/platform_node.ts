// The platform in Node: files that are on the disk when a call returns, the terminal, the arguments, and the
// errors of the system in one clear line.

import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
} from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assets } from 'virtual:package';
import { RunError } from '../../errors.ts';
import type { Files, Platform, Screen } from '../platform.ts';
import { lockFolder } from './folder_lock.ts';

/** What each system error means and what to do; other codes are reported as Node words them. */
const MEANING: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; choose another place or change its permissions',
  EDQUOT: 'the disk quota is used up; free some space or choose another place',
  EISDIR: 'it is a folder; expected a file',
  EMFILE: "too many open files; raise the limit with 'ulimit -n'",
  ENOENT: 'no such file or folder; check the path',
  ENOSPC: 'no space left on the device; free some space or choose another place',
  ENOTDIR: 'a part of the path is a file; expected a folder',
  EROFS: 'the file system is read-only; choose another place',
};

/** Runs `work`; a system error becomes a RunError with the same `code`, naming the file and what to do. */
async function attempt<T>(verb: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const why = MEANING[code] ?? message;
    throw Object.assign(new RunError(`cannot ${verb} ${path}: ${why} (${code})`, { cause: error }), { code });
  }
}

async function withFile<T>(path: string, flags: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** Flushes a folder's list of names, so that a file renamed into it stays there after a power cut. */
async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder, and needs no such flush
  if (process.platform !== 'win32') await withFile(path, 'r', (folder) => folder.sync());
}

let temporaryFiles = 0;

async function writeAtomic(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}-${temporaryFiles++}.tmp`;
  try {
    await withFile(temporary, 'wx', async (file) => {
      await file.writeFile(data);
      await file.sync();
    });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(resolve(path)));
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}

async function readBytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
  return withFile(path, 'r', async (file) => {
    const { size } = await file.stat();
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const { bytesRead } = await file.read(bytes, done, size - done, done);
      if (bytesRead === 0) return bytes.slice(0, done);
      done += bytesRead;
    }
    return bytes;
  });
}

const files: Files = {
  exists: (path) => attempt('look up', path, () => exists(path)),
  size: (path) => attempt('read', path, async () => (await stat(path)).size),
  list: (path) => attempt('list', path, async () => (await readdir(path)).sort()),
  readBytes: (path) => attempt('read', path, () => readBytes(path)),
  readText: (path) => attempt('read', path, () => readFile(path, 'utf8')),
  makeDirectory: (path) =>
    attempt('create folder', path, async () => void (await mkdir(path, { recursive: true }))),
  remove: (path) => attempt('remove', path, () => rm(path, { recursive: true, force: true })),
  writeAtomic: (path, data) => attempt('write', path, () => writeAtomic(path, data)),
  rename: (path, to) =>
    attempt('rename', path, async () => {
      await rename(path, to);
      await syncFolder(dirname(resolve(to)));
    }),
  append: (path, text) =>
    attempt('append to', path, () =>
      withFile(path, 'a', async (file) => {
        await file.writeFile(text);
        await file.sync();
      }),
    ),
  truncate: (path, bytes) =>
    attempt('cut', path, async () => {
      await truncate(path, bytes);
      await withFile(path, 'r+', (file) => file.sync());
    }),
  lock: (folder) => attempt('lock', folder, () => lockFolder(folder)),
};

/** What asks the program to stop. A shell reports 128 + the number as the exit code. */
const STOP_SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

/** Where a terminal ends, the system and the shell each send SIGHUP: within this many ms the two are one. */
const SAME_HANGUP = 1000;

function onInterrupt(stop: () => void): void {
  let interruptedAt: number | null = null;
  const handle = (signal: keyof typeof STOP_SIGNALS): void => {
    const now = performance.now();
    if (interruptedAt === null) {
      interruptedAt = now;
      stop();
    } else if (signal !== 'SIGHUP' || now - interruptedAt > SAME_HANGUP) {
      process.exit(128 + STOP_SIGNALS[signal]);
    }
  };
  for (const signal of Object.keys(STOP_SIGNALS)) process.on(signal, handle);
}

/** Columns of a terminal that does not know its own. */
const USUAL_COLUMNS = 80;

function screenOf(stream: NodeJS.WriteStream): Screen | undefined {
  if (stream.isTTY !== true) return undefined;
  const { NO_COLOR, TERM } = process.env;
  return {
    get columns() {
      return stream.columns || USUAL_COLUMNS;
    },
    // https://no-color.org
    colors: !NO_COLOR && TERM !== 'dumb',
  };
}

/** What to type to start this program: the name of an installed one, or Node and the path of the file. */
function programName(): string {
  const [runtime = 'node', path = 'nat'] = process.argv;
  const nameOf = (file: string): string => basename(file).replace(/\.exe$/i, '');
  if (!/\.[cm]?js$/.test(path)) return nameOf(path);
  const shown = relative('', path);
  return `${nameOf(runtime)} ${shown.startsWith('..') ? path : shown}`;
}

/** The platform of this Node process, or of a Deno process, which has the same modules. */
export function nodePlatform(): Platform {
  const { deno, node } = process.versions;
  const engine = deno === undefined ? `node ${node}` : `deno ${deno}`;
  return {
    files,
    readAsset: (path) => files.readBytes(fileURLToPath(new URL(`${assets}/${path}`, import.meta.url))),
    terminal: {
      interactive: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
      screens: { out: screenOf(process.stdout), err: screenOf(process.stderr) },
      out: (text) => void process.stdout.write(text),
      err: (text) => void process.stderr.write(text),
    },
    args: process.argv.slice(2),
    program: programName(),
    env: process.env,
    runtime: `${engine} ${process.platform} ${process.arch}`,
    now: () => performance.now(),
    onInterrupt,
  };
}

/** Runs the program on this process: exits with the code that `main` resolves to, once all output is written. */
export function runProgram(main: (platform: Platform) => Promise<number>): void {
  // the reader of a pipe may leave early (`nat devices | head -1`); that is no error
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    if (error.code !== 'EIO') throw error;
  });
  // a terminal that has ended: what is left is to save and to stop
  process.stderr.on('error', () => {});
  void main(nodePlatform()).then((code) => {
    process.exitCode = code;
  });
}
