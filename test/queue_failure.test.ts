// A run that cannot be, among others, by a worker and a real Redis: it is named, and the others are done.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missing } from './support/missing.ts';
import { startProgram } from './support/program.ts';
import { PROGRAM_GRID } from './support/program_grid.ts';
import { serverProgram, startRedis } from './support/redis.ts';

const [one] = PROGRAM_GRID.architectures;
/** Two trainings, of which the second diverges. */
const GRID = {
  ...PROGRAM_GRID,
  methods: ['/'],
  architectures: [one, { ...one, label: 'diverging', train: { lr: 1e30 } }],
};

interface Status {
  readonly jobs: readonly { readonly id: string; readonly state: string; readonly failure: string | null }[];
}

test('a run that fails is named, the others are done, and a retry tries that one alone', async () => {
  const program = serverProgram();
  if (program === undefined) return missing('redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'nat-queue-'));
  const file = join(folder, 'grid.json');
  writeFileSync(file, JSON.stringify(GRID));
  const redis = await startRedis(program, folder);
  const shared = ['--queue', redis.url, '--store', join(folder, 'store')];
  const worker = startProgram(['worker', ...shared]);
  try {
    const states = async (): Promise<string[]> => {
      const status = startProgram(['queue', 'status', '--queue', redis.url, '--json']);
      assert.is(await status.ended, 0, status.text.both);
      return (JSON.parse(status.text.both) as Status).jobs.map(({ state }) => state).sort();
    };
    const experiment = () => startProgram(['experiment', file, '--out', join(folder, 'here'), ...shared]);
    const first = experiment();
    assert.is(await first.ended, 1, first.text.both);
    const last = first.text.both.trim().split('\n').at(-1)!;
    assert.match(
      last,
      /^error: a run failed: trainings\/diverging-unchanged-seed1 \(.*training diverged.*\); mend/,
      last,
    );
    assert.equal(await states(), ['done', 'failed']);
    const retry = startProgram(['queue', 'retry', '--queue', redis.url]);
    assert.is(await retry.ended, 0, retry.text.both);
    const second = experiment();
    assert.is(await second.ended, 1, second.text.both);
    assert.match(second.text.both, /a run failed: trainings\/diverging-unchanged-seed1 /);
    assert.equal(await states(), ['done', 'failed']);
  } finally {
    worker.child.kill('SIGKILL');
    await redis.kill();
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
