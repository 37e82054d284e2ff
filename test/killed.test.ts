// The program killed at random moments, as by a power cut or an impatient user: `nat search --resume` goes on, and the
// run ends with the same bytes as one that was left alone.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRng } from '../src/core/rng.ts';
import { repositoryRoot } from './support/repository.ts';

const SEED = 11;
const KILLS = 5;

const PROGRAM = fileURLToPath(new URL('dist/nat.js', repositoryRoot));
const SETTINGS = '--channels 2 --nodes 1 --batch 8 --epochs 12 --max-steps 3 --log-every 2 --seed 5 --json';
const SAME = ['config.json', 'metrics.jsonl', 'result.json', 'weights.safetensors', 'policy.safetensors'];

/** When a process is killed: so many milliseconds after it reported so much progress. */
interface Kill {
  readonly reports: number;
  readonly delay: number;
}

/** Runs the search; resolves to its exit code, or to null where it was killed. */
function search(out: string, args: readonly string[], kill?: Kill): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [PROGRAM, 'search', ...SETTINGS.split(' '), '--out', out, ...args],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let errors = '';
    let waiting = kill;
    const look = (): void => {
      const reports = errors.match(/^\{"progress"/gm)?.length ?? 0;
      if (!waiting || reports < waiting.reports) return;
      setTimeout(() => child.kill('SIGKILL'), waiting.delay);
      waiting = undefined;
    };
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      look();
    });
    look();
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(code);
      else reject(new Error(`nat search ended with ${code ?? signal}: ${errors}`));
    });
  });
}

test(`killed ${KILLS} times at random moments and resumed, a search ends with the same bytes (seed ${SEED})`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nat-killed-'));
  try {
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    assert.is(await search(whole, []), 0);

    const rng = createRng(SEED, 0);
    let resumptions = 0;
    for (let i = 0; i < KILLS; i++) {
      // the first one comes before there is a run folder or soon after, the others in the middle of an epoch
      const kill = { reports: i === 0 ? 0 : 1 + rng.int(6), delay: rng.int(i === 0 ? 400 : 20) };
      const code = await search(killed, ['--resume'], kill);
      assert.is(code, null, `kill ${i} came too late: the search had ended`);
      const names = existsSync(killed) ? readdirSync(killed) : [];
      assert.not.ok(names.includes('result.json'));
      if (names.includes('checkpoint.safetensors')) resumptions++;
    }
    assert.ok(resumptions >= 2, `only ${resumptions} of ${KILLS} resumptions found a checkpoint`);
    assert.is(await search(killed, ['--resume']), 0);

    for (const name of SAME) {
      const [got, expected] = [killed, whole].map((run) => readFileSync(join(run, name)));
      assert.ok(got!.equals(expected!), `${name} has the same bytes`);
    }
    assert.equal(readdirSync(killed), readdirSync(whole), 'nothing half written is left over');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('two searches in one folder: the second is told who is there, and the first is not disturbed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nat-twice-'));
  try {
    const out = join(folder, 'run');
    const first = search(out, []);
    while (!existsSync(join(out, 'metrics.jsonl'))) await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await search(out, ['--resume']).catch((error: Error) => error.message);
    assert.match(String(second), /^nat search ended with 2: /);
    assert.match(
      String(second),
      /error: .*run: process \d+ on .* has been in this folder since .*wait for it/,
    );
    assert.is(await first, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
