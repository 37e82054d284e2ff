// A small experiment by the program itself, in processes of their own, and what must be equal of it however it was run.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from './repository.ts';

const PROGRAM = fileURLToPath(new URL('dist/nat.js', repositoryRoot));
const CELL = [['sep_conv_3x3', 0, 2], ['max_pool_3x3', 1, 2]]; // prettier-ignore
/** A search, its transformations, three trainings. */
export const PROGRAM_GRID = {
  name: 'faults',
  seeds: [1],
  search: { preset: 'quick', channels: 2, nodes: 1, batch: 8, epochs: 10, maxSteps: 3, logEvery: 1 },
  derive: { candidates: 2, selectImages: 64, testImages: 64 },
  train: { cells: { channels: 2, layers: 3, batch: 16, epochs: 8, maxSteps: 3, logEvery: 1, evalEvery: 8 } },
  methods: ['/', { name: 'NAT', policy: 'gcn' }, { name: 'chance', policy: 'random' }],
  architectures: [
    { genotype: { name: 'one', normal: CELL, normal_concat: [2], reduce: CELL, reduce_concat: [2] } },
  ],
};

/** How many jobs that is. */
export const PROGRAM_JOBS = 5;

export interface Program {
  readonly child: ChildProcess;
  readonly said: () => string;
  /** Its exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts the program; what it says is kept. */
export function startProgram(args: readonly string[], cwd?: string): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, said: () => said, ended };
}

/** Path -> bytes of what equal experiments share: all but times, machines and interruptions. */
export function resultsOf(dir: string): Record<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const shared = paths.filter(
    (path) => /\.\w+$/.test(path) && !/timing|engine\.json|environment|checkpoint|lock\.json/.test(path),
  );
  return Object.fromEntries(shared.map((path) => [path, readFileSync(join(dir, path)).toString('base64')]));
}
