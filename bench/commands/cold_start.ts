// `bench:cold-start`: from process start to the end of the first step of the quick preset, with the driver's shader
// cache filled and empty.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADAPTER_OPTION, adapterName, defineCommand } from '../../src/cli/command.ts';
import { RunError } from '../../runtime/errors.ts';
import { median } from '../measure/statistics.ts';

interface Start {
  /** Milliseconds from the start of the process: adapter opened, search planned, first step of w ended on the GPU. */
  readonly adapter: number;
  readonly planned: number;
  readonly firstStep: number;
  readonly pipelines: number;
}

const LINES = { adapter: /"adapter: /, planned: /"planned: /, firstStep: /weights","done":1,/ };

/** Empty disk caches of Mesa and NVIDIA, as on the first start ever. */
const emptyCache = (folder: string): NodeJS.ProcessEnv => ({
  MESA_SHADER_CACHE_DIR: folder,
  __GL_SHADER_DISK_CACHE_PATH: folder,
});

export const coldStart = defineCommand({
  name: 'cold-start',
  summary: 'from process start to the end of the first step of the quick preset',
  options: {
    rounds: { type: 'integer', default: 3, min: 1, max: 100, help: 'processes of each kind' },
    adapter: ADAPTER_OPTION,
  },
  async run(platform, options) {
    const adapter = adapterName(platform, options);
    const args = adapter === undefined ? [] : ['--adapter', adapter];
    await startOnce(args, {}); // fills the cache
    const starts: Record<string, Start[]> = { 'cache filled': [], 'cache empty': [] };
    for (let round = 0; round < options.rounds; round++) {
      starts['cache filled']!.push(await startOnce(args, {}));
      const folder = mkdtempSync(join(tmpdir(), 'nat-shader-cache-'));
      starts['cache empty']!.push(await startOnce(args, emptyCache(folder)));
      rmSync(folder, { recursive: true, force: true });
    }
    for (const [kind, list] of Object.entries(starts)) {
      const seconds = (name: 'adapter' | 'planned' | 'firstStep'): string =>
        (median(list.map((start) => start[name])) / 1000).toFixed(2);
      platform.terminal.out(
        `${kind.padEnd(12)}  adapter ${seconds('adapter')} s, planned ${seconds('planned')} s, ` +
          `first step ended ${seconds('firstStep')} s; ${list[0]!.pipelines} pipelines\n`,
      );
    }
  },
});

function startOnce(adapter: readonly string[], env: NodeJS.ProcessEnv): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), 'nat-cold-start-'));
  const run = join(folder, 'run');
  const options = ['--preset', 'quick', '--epochs', '1', '--max-steps', '1', '--log-every', '1', '--json'];
  const began = performance.now();
  const child = spawn(process.execPath, ['dist/nat.js', 'search', ...options, '--out', run, ...adapter], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const times: Partial<Record<keyof typeof LINES, number>> = {};
  let text = '';
  child.stderr.on('data', (data: Buffer) => {
    text += data;
    for (const name of Object.keys(LINES) as (keyof typeof LINES)[]) {
      if (LINES[name].test(text)) times[name] ??= performance.now() - began;
    }
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      const { adapter: opened, planned, firstStep } = times;
      if (code !== 0 || opened === undefined || planned === undefined || firstStep === undefined) {
        reject(new RunError(`nat search ended with ${code}: ${text.trim().split('\n').at(-1)}`));
        return;
      }
      const { pipelines } = JSON.parse(readFileSync(join(run, 'engine.json'), 'utf8')) as Start;
      rmSync(folder, { recursive: true, force: true });
      resolve({ adapter: opened, planned, firstStep, pipelines });
    });
  });
}
