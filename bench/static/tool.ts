// Runs gpu-static, which compiles every pipeline of a program with the compiler of a real GPU, executes none, and tells
// from the machine code what each dispatch would execute and about how long it would take on a large GPU.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RunError, UserError } from '../../runtime/errors.ts';
import { type StaticRow, parseStaticTable } from './rows.ts';

/** The tool's programs: one runs a command on the null device, the other reads what that left. */
const PROGRAMS = ['gpu-static', 'executed.mjs'] as const;

/** The tool's folder, absolute. Throws UserError where the flag is missing or names something else. */
export function requireTool(folder: string | undefined): string {
  const wanted = `the folder of gpu-static, which holds ${PROGRAMS.join(' and ')}`;
  if (folder === undefined) throw new UserError(`--tool is missing, expected ${wanted}`);
  if (!PROGRAMS.every((name) => existsSync(join(folder, name)))) {
    throw new UserError(`--tool: got '${folder}', expected ${wanted}`);
  }
  return resolve(folder);
}

/** Runs a program to its end and returns what it printed. Throws RunError with its last line where it fails. */
function runToEnd(program: string, args: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data));
    child.stderr.on('data', (data: Buffer) => (stderr += data));
    child.on('error', (error) => fail(new RunError(`${program}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) done(stdout);
      else fail(new RunError(`the static tool ended with ${code}: ${reason(stderr)}`));
    });
  });
}

/** What a failed program said: its first line that names an error, else its last. */
function reason(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /^(?:error|gpu-static): /.test(line)) ?? lines.at(-1)!;
}

/** What a step of the program `bench static-step` says: the dispatches before those of its iterations, and their number. */
interface Marks {
  readonly before: number;
  readonly iterations: number;
}

export interface StaticRun {
  readonly rows: readonly StaticRow[];
  /** Iterations that the rows' calls are counted over. */
  readonly iterations: number;
  /** What the tool could not follow, a line each. */
  readonly failures: readonly string[];
}

/** Has the tool judge a step; `folder` receives its files. */
export async function judgeStep(
  tool: string,
  folder: string,
  step: string,
  options: readonly string[],
): Promise<StaticRun> {
  const program = [process.execPath, process.argv[1]!, 'static-step', step, ...options];
  const printed = await runToEnd(join(tool, 'gpu-static'), ['--out', folder, ...program]);
  const { before, iterations } = JSON.parse(printed) as Marks;
  const path = join(folder, 'dispatches.tsv');
  const dispatches = readFileSync(path, 'utf8').trimEnd().split('\n');
  writeFileSync(path, `${dispatches.slice(before).join('\n')}\n`);
  const table = await runToEnd(process.execPath, [join(tool, 'executed.mjs'), folder]);
  const failures = table.split('\n').filter((line) => line.startsWith('left out: '));
  return { rows: parseStaticTable(table), iterations, failures };
}
