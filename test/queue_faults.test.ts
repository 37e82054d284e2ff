// An experiment by several workers and a real Redis, while workers, Redis and the store fail: it ends with the bytes of the
// same experiment on one machine. NAT_SOAK=1 brings more faults.
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRng } from '../src/core/rng.ts';
import { cases } from './support/effort.ts';
import { missing } from './support/missing.ts';
import { type Program, startProgram } from './support/program.ts';
import { PROGRAM_GRID, PROGRAM_JOBS, resultsOf } from './support/program_grid.ts';
import { type SmallDisk, smallDisk } from './support/small_disk.ts';
import { serverProgram, startRedis, type TestRedis } from './support/redis.ts';

const SEED = 21;
const FAULTS = cases(7, 40);
const WORKERS = 3;
/** Long enough for that many. */
const GRID = {
  ...PROGRAM_GRID,
  search: { ...PROGRAM_GRID.search, epochs: cases(10, 150) },
  train: { cells: { ...PROGRAM_GRID.train.cells, epochs: cases(8, 80), evalEvery: cases(8, 80) } },
};
/** Seconds. */
const LOST_AFTER = 3;

/** One fault after another, each mended before the next; what was done. */
async function makeFaults(
  redis: TestRedis,
  store: string,
  disk: SmallDisk | null,
  workers: Program[],
  hire: () => Program,
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
    ['the store is full', async () => {
      disk?.fill();
      await sleep(3000);
      disk?.empty();
    }],
    ['a worker sleeps longer than it may', async (at: number) => {
      workers[at]!.child.kill('SIGSTOP');
      await sleep(2000 * LOST_AFTER);
      workers[at]!.child.kill('SIGCONT');
    }],
    ['the store is read-only', async () => {
      disk?.setReadOnly(true);
      await sleep(3000);
      disk?.setReadOnly(false);
    }],
    ['Redis is killed', async () => {
      await redis.kill();
      await sleep(1000 * cases(2, 60));
      await redis.restart();
    }],
    ['the store is away', async () => {
      renameSync(store, `${store}.away`);
      writeFileSync(store, '');
      await sleep(2000);
      rmSync(store);
      renameSync(`${store}.away`, store);
    }],
    ['a worker is told to leave', async (at: number) => {
      workers[at]!.child.kill('SIGTERM');
      assert.is(await workers[at]!.ended, 0, workers[at]!.text.both);
      workers[at] = hire();
    }],
  ] as const; // prettier-ignore
  for (let i = 0; i < FAULTS && !over(); i++) {
    await sleep(1000 + 2000 * rng.uniform());
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
  const disk = smallDisk(within('disk'));
  if (!disk)
    console.error('NOT TESTED: a full and a read-only store: this user may mount no file system here');
  const store = within('disk/store');
  const shared = ['--queue', redis.url, '--store', store];
  const hire = () => startProgram(['worker', ...shared, '--lost-after', String(LOST_AFTER)]);
  const workers = Array.from({ length: WORKERS }, hire);
  try {
    const alone = startProgram(['experiment', file, '--out', within('alone')]);
    assert.is(await alone.ended, 0, alone.text.both);
    const grid = startProgram(['experiment', file, '--out', within('shared'), ...shared]);
    let over = false;
    void grid.ended.then(() => (over = true));
    const faults = await makeFaults(redis, store, disk, workers, hire, () => over);
    assert.is(await grid.ended, 0, `${faults.join(', ')}\n${grid.text.both}`);
    assert.ok(faults.length >= 2, 'the experiment was over before anything could fail');
    assert.equal(resultsOf(within('shared')), resultsOf(within('alone')));
    // a run that two had is done once one of them is; the other ends soon after
    const standing = async (): Promise<string[]> => {
      const status = startProgram(['queue', 'status', '--queue', redis.url, '--json']);
      assert.is(await status.ended, 0, status.text.both);
      return (JSON.parse(status.text.both) as { jobs: { state: string }[] }).jobs.map(({ state }) => state);
    };
    let states = await standing();
    for (let look = 0; look < 30 && states.some((state) => state !== 'done'); look++) {
      await sleep(1000);
      states = await standing();
    }
    assert.equal(states, Array(PROGRAM_JOBS).fill('done'));
  } finally {
    for (const { child } of workers) child.kill('SIGKILL');
    await redis.kill();
    disk?.remove();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
