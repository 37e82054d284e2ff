// The same small network, trained by programs of three libraries: how long the programs are, and how long a step takes.
import { symlinkSync, rmSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { AdapterInfo } from '../../runtime/engine/adapter_info.ts';
import { type Column, formatTable } from '../report/table.ts';
import { OURS } from './report.ts';

/** Library -> its program, complete in itself but for the images and the clock (shared.mjs). */
export const SMALL_CNN_PROGRAMS: Readonly<Record<string, string>> = {
  [OURS]: 'ours.mjs',
  tfjs: 'tfjs.mjs',
  'jax-js': 'jax_js.mjs',
};

/** Lines that are neither blank nor comments. */
export const linesOfCode = (text: string): number =>
  text.split('\n').filter((line) => !/^\s*(?:\/\/.*)?$/.test(line)).length;

/** What a program prints. */
export interface SmallCnnOutcome {
  /** Of a training step, in the fastest epoch. */
  readonly ms: number;
  /** From the start of the process, compilation and all epochs included. */
  readonly seconds: number;
  /** Of each epoch. */
  readonly losses: readonly number[];
  /** On the images it was trained with: that it has learned, nothing more. */
  readonly accuracy: number;
}

export interface SmallCnnRow extends SmallCnnOutcome {
  readonly library: string;
  readonly version: string;
  readonly lines: number;
  /** Its time for a step over ours. */
  readonly ratio: number;
}

export interface SmallCnnResult {
  readonly format: 'nat-webgpu small cnn 1';
  readonly command: string;
  /** ISO 8601. */
  readonly date: string;
  readonly adapter: Pick<AdapterInfo, 'kind' | 'name' | 'vendor' | 'description'>;
  readonly runtime: string;
  readonly rounds: number;
  readonly rows: readonly SmallCnnRow[];
}

/** Lets our program import the package by its name, as the others do. @param folder of the peers */
export function linkPackage(folder: string): void {
  const link = join(folder, 'node_modules/nat-webgpu');
  rmSync(link, { force: true });
  symlinkSync(resolve('.'), link, 'junction');
}

/** Runs a library's program. Rejects with what it printed where it fails. */
export function runSmallCnn(
  folder: string,
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<SmallCnnOutcome> {
  // where WebGPU is behind navigator.gpu, as in a browser
  const args = ['--import', './common.mjs', join('small_cnn', program)];
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data));
    child.stderr.on('data', (data: Buffer) => (stderr += data));
    child.on('close', () => {
      const line = stdout.split('\n').find((each) => each.startsWith('{"ms"'));
      if (line) done(JSON.parse(line) as SmallCnnOutcome);
      else failed(new Error(`${program}: ${stderr.trim().split('\n').at(-1) ?? 'it printed nothing'}`));
    });
  });
}

/** The fastest round. */
export const fastest = (outcomes: readonly SmallCnnOutcome[]): SmallCnnOutcome =>
  outcomes.reduce((a, b) => (b.ms < a.ms ? b : a));

const COLUMNS: readonly Column<SmallCnnRow>[] = [
  { title: 'library', cell: ({ library }) => library, left: true },
  { title: 'lines', cell: ({ lines }) => String(lines) },
  { title: 'ms a step', cell: ({ ms }) => ms.toPrecision(3) },
  { title: 'over ours', cell: ({ ratio }) => `${ratio.toFixed(1)}x` },
  { title: 'seconds in all', cell: ({ seconds }) => seconds.toFixed(1) },
  { title: 'last loss', cell: ({ losses }) => losses.at(-1)!.toExponential(1) },
  { title: 'accuracy', cell: ({ accuracy }) => accuracy.toFixed(2) },
];

export const formatSmallCnn = ({ adapter, rounds, rows }: SmallCnnResult, width: number): string =>
  `${adapter.name}, the fastest of ${rounds} rounds in turn\n\n${formatTable(COLUMNS, rows, width).trimEnd()}\n`;
