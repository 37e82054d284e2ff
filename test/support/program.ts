// The program as a user starts it.
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from './repository.ts';

const PROGRAM = fileURLToPath(new URL('dist/nat.js', repositoryRoot));

export interface Program {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has printed so far: on standard output, on standard error, and both as they came. */
  readonly text: { out: string; err: string; both: string };
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts the program; what it says is kept. */
export function startProgram(args: readonly string[], cwd?: string): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { out: '', err: '', both: '' };
  const keep = (stream: Readable, name: 'out' | 'err'): void => {
    stream.setEncoding('utf8').on('data', (more: string) => {
      text[name] += more;
      text.both += more;
    });
  };
  keep(child.stdout, 'out');
  keep(child.stderr, 'err');
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { child, text, ended };
}

/** Runs the program. It is interrupted, as by Ctrl-C, once `interruptAt` stands on its standard error. */
export async function runProgram(
  args: readonly string[],
  interruptAt?: string,
): Promise<{ code: number | null; out: string; err: string }> {
  const { child, text, ended } = startProgram(args);
  child.stderr.on('data', () => {
    if (interruptAt !== undefined && !child.killed && text.err.includes(interruptAt)) child.kill('SIGINT');
  });
  const code = await ended;
  return { code, out: text.out, err: text.err };
}
