// Runs one benchmark of one library in a fresh process. The libraries take turns at every benchmark, several rounds
// over, so that what else the machine does falls on all of them alike.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AdapterInfo } from '../../runtime/engine/adapter_info.ts';
import { median } from '../measure/statistics.ts';
import type { BenchmarkName, PeerSizes } from './ours.ts';

export interface Peer {
  readonly name: string;
  /** Its package, whose version is told, and its program. */
  readonly package: string;
  readonly program: string;
}

export const PEERS: readonly Peer[] = [
  { name: 'tfjs', package: '@tensorflow/tfjs', program: 'tfjs.mjs' },
  { name: 'jax-js', package: '@jax-js/jax', program: 'jax_js.mjs' },
  { name: 'onnxruntime-web', package: 'onnxruntime-web', program: 'onnxruntime_web.mjs' },
  { name: 'webgpu-torch', package: 'webgpu-torch', program: 'webgpu_torch.mjs' },
];

/** Milliseconds, or why there are none. */
export type Outcome = { readonly ms: number } | { readonly why: string };
export type Outcomes = Readonly<Partial<Record<BenchmarkName, Outcome>>>;

export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

export const peerProgram = ({ name, program }: Peer, folder: string): Program => ({
  name,
  args: [program],
  cwd: folder,
});

/** The installed version of a peer. */
export function peerVersion(peer: Peer, folder: string): string {
  const manifest = readFileSync(join(folder, 'node_modules', peer.package, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** What every program is told through the environment. */
export function environmentFor(info: AdapterInfo, sizes: PeerSizes, bench: BenchmarkName): NodeJS.ProcessEnv {
  const { driver } = info;
  return {
    ...process.env,
    PEER_SIZES: JSON.stringify(sizes),
    PEER_FLAGS: JSON.stringify([`adapter=${info.name}`]),
    PEER_ONLY: bench,
    // old loaders know the second name only
    ...(driver ? { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver } : {}),
  };
}

/** Longest time of a process, in minutes: jax-js compiles its training step for one or two. */
const LIMIT_MINUTES = 8;

/** Runs a program once, for one benchmark. */
export function runProgram(
  { args, cwd }: Program,
  env: NodeJS.ProcessEnv,
  bench: BenchmarkName,
): Promise<Outcomes> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MINUTES * 60_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data));
    child.stderr.on('data', (data: Buffer) => (stderr += data));
    child.on('close', (code, signal) => {
      const line = stdout.split('\n').find((each) => each.startsWith('{"bench"'));
      const why = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? `it ended with ${signal ?? `code ${code}`}`;
      const { bench: _, ...outcome } = line
        ? (JSON.parse(line) as { bench: string } & Outcome)
        : { bench, why: why.slice(0, 160) };
      resolve({ [bench]: outcome });
    });
  });
}

/** The median over rounds. */
export function overRounds(rounds: readonly Outcomes[], bench: BenchmarkName): Outcome {
  const outcomes = rounds.flatMap((round) => round[bench] ?? []);
  const times = outcomes.flatMap((outcome) => ('ms' in outcome ? [outcome.ms] : []));
  return times.length > 0 ? { ms: median(times) } : (outcomes[0] ?? { why: 'not measured' });
}
