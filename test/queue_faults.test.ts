// An experiment by several workers and a real Redis, while workers, Redis and the store fail: it ends with the bytes of the
// same experiment on one machine. NAT_SOAK=1 brings more faults.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRng } from '../src/core/rng.ts';
import { missing } from './support/missing.ts';
import { repositoryRoot } from './support/repository.ts';
import { serverProgram, startRedis, type TestRedis } from './support/redis.ts';

const SEED = 21;
const FAULTS = process.env['NAT_SOAK'] ? 40 : 5;
const WORKERS = 3;
/** Seconds. */
const LOST_AFTER = 3;

const PROGRAM = fileURLToPath(new URL('dist/nat.js', repositoryRoot));
const CELL = [['sep_conv_3x3', 0, 2], ['max_pool_3x3', 1, 2]]; // prettier-ignore
const GRID = {
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

/** A search, its transformations, three trainings. */
const JOBS = 5;

const sleep = (seconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

/** Starts the program; what it says is kept. */
function start(args: readonly string[]): {
  child: ChildProcess;
  said: () => string;
  ended: Promise<number | null>;
} {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  return { child, said: () => said, ended };
}

/** Path -> bytes of what equal experiments share: all but times, machines and interruptions. */
function resultsOf(dir: string): Record<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const shared = paths.filter(
    (path) => /\.\w+$/.test(path) && !/timing|engine\.json|environment|checkpoint|lock\.json/.test(path),
  );
  return Object.fromEntries(shared.map((path) => [path, readFileSync(join(dir, path)).toString('base64')]));
}

/** One fault after another, each mended before the next; what was done. */
async function makeFaults(
  redis: TestRedis,
  store: string,
  workers: ReturnType<typeof start>[],
  hire: () => ReturnType<typeof start>,
  over: () => boolean,
): Promise<string[]> {
  const rng = createRng(SEED, 0);
  const draw = (count: number): number => Math.floor(rng.uniform() * count);
  const done: string[] = [];
  const kinds = [
    ['a worker is killed', async (at: number) => {
      workers[at]!.child.kill('SIGKILL');
      workers[at] = hire();
    }],
    ['a worker sleeps longer than it may', async (at: number) => {
      workers[at]!.child.kill('SIGSTOP');
      await sleep(2 * LOST_AFTER);
      workers[at]!.child.kill('SIGCONT');
    }],
    ['Redis is killed', async () => {
      await redis.kill();
      await sleep(2);
      await redis.restart();
    }],
    ['the store is away', async () => {
      renameSync(store, `${store}.away`);
      writeFileSync(store, '');
      await sleep(2);
      rmSync(store);
      renameSync(`${store}.away`, store);
    }],
    ['a worker is told to leave', async (at: number) => {
      workers[at]!.child.kill('SIGTERM');
      assert.is(await workers[at]!.ended, 0, workers[at]!.said());
      workers[at] = hire();
    }],
  ] as const; // prettier-ignore
  for (let i = 0; i < FAULTS && !over(); i++) {
    await sleep(1 + 2 * rng.uniform());
    if (over()) break;
    // each kind once, then any
    const [what, make] = kinds[i < kinds.length ? i : draw(kinds.length)]!;
    await make(draw(WORKERS));
    done.push(what);
  }
  return done;
}

test(`${FAULTS} faults of workers, Redis and the store change no byte of an experiment (seed ${SEED})`, async () => {
  const program = serverProgram();
  if (program === undefined) return missing('redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'nat-queue-'));
  const within = (name: string): string => join(folder, name);
  const file = within('grid.json');
  writeFileSync(file, JSON.stringify(GRID));
  const redis = await startRedis(program, folder);
  const shared = ['--queue', redis.url, '--store', within('store')];
  const hire = () => start(['worker', ...shared, '--lost-after', String(LOST_AFTER)]);
  const workers = Array.from({ length: WORKERS }, hire);
  try {
    const alone = start(['experiment', file, '--out', within('alone')]);
    assert.is(await alone.ended, 0, alone.said());
    const grid = start(['experiment', file, '--out', within('shared'), ...shared]);
    let over = false;
    void grid.ended.then(() => (over = true));
    const faults = await makeFaults(redis, within('store'), workers, hire, () => over);
    assert.is(await grid.ended, 0, `${faults.join(', ')}\n${grid.said()}`);
    assert.ok(faults.length >= 2, 'the experiment was over before anything could fail');
    assert.equal(resultsOf(within('shared')), resultsOf(within('alone')));
    // a run that two had is done once one of them is; the other ends soon after
    const standing = async (): Promise<string[]> => {
      const status = start(['queue', 'status', '--queue', redis.url, '--json']);
      assert.is(await status.ended, 0, status.said());
      return (JSON.parse(status.said()) as { jobs: { state: string }[] }).jobs.map(({ state }) => state);
    };
    let states = await standing();
    for (let look = 0; look < 30 && states.some((state) => state !== 'done'); look++) {
      await sleep(1);
      states = await standing();
    }
    assert.equal(states, Array(JOBS).fill('done'));
  } finally {
    for (const { child } of workers) child.kill('SIGKILL');
    await redis.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
