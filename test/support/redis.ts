// A Redis server of a test's own, on a free port of the loopback address, with all that it is told kept in a file.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { freePort } from './free_port.ts';

/** Whether Redis or Valkey is installed. */
export const serverProgram = (): string | undefined =>
  ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).status === 0);

export interface TestRedis {
  readonly url: string;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Starts it again with what it kept. */
  restart(): Promise<void>;
}

/** Starts a server that keeps its file in `dir`. */
export async function startRedis(program: string, dir: string): Promise<TestRedis> {
  const port = await freePort();
  let server: ChildProcess;
  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const options = { port, bind: '127.0.0.1', dir, appendonly: 'yes', appendfsync: 'always', save: '' };
      const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
      server = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      let said = '';
      server.stdout!.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (/Ready to accept connections/.test(said)) resolve();
      });
      server.on('error', reject);
      server.on('exit', () => reject(new Error(`${program} ended: ${said}`)));
    });
  const kill = (): Promise<void> =>
    new Promise((resolve) => {
      server.on('exit', () => resolve());
      server.kill('SIGKILL');
    });
  await start();
  return { url: `redis://127.0.0.1:${port}/0`, kill, restart: start };
}
