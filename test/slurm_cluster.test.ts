// An experiment's scripts on a real SLURM: tasks whose time is up, or that are thrown off their machine, change no byte of
// what the experiment leaves on one machine.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missing } from './support/missing.ts';
import { startProgram } from './support/program.ts';
import { PROGRAM_GRID, resultsOf } from './support/program_grid.ts';
import { slurmInstalled, startCluster } from './support/slurm.ts';

/** Long enough for the search to be warned while it runs. */
const GRID = { ...PROGRAM_GRID, search: { ...PROGRAM_GRID.search, epochs: 12 } };

test('SLURM: a task that is told that its time is up and a task that is queued again change no byte', async () => {
  if (!slurmInstalled()) return missing('SLURM');
  const folder = mkdtempSync(join(tmpdir(), 'nat-slurm-'));
  const within = (name: string): string => join(folder, name);
  writeFileSync(within('grid.json'), JSON.stringify(GRID));
  const cluster = await startCluster(folder);
  try {
    const written = startProgram(
      ['experiment', 'grid.json', '--out', 'shared', '--slurm', 'scripts'],
      folder,
    );
    assert.is(await written.ended, 0, written.text.both);
    const submitted = spawnSync('bash', ['scripts/submit.sh'], {
      cwd: folder,
      env: cluster.env,
      encoding: 'utf8',
    });
    assert.is(submitted.status, 0, submitted.stderr);

    const tasks = (): string[][] =>
      cluster
        .call('squeue', '-h', '-r', '-o', '%i %t %j')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(' '));
    const isRunning = (task: string[][], place: number): string | undefined =>
      task.find(([id, state]) => id!.endsWith(`_${place}`) && state === 'R')?.[0];
    let warned = false;
    let thrownOff = false;
    for (let standing = tasks(); standing.length > 0; standing = tasks()) {
      const search = isRunning(standing, 1);
      if (!warned && search && existsSync(within('shared/searches/gcn-one-seed1/metrics.jsonl'))) {
        // as SLURM does it before the time is up
        cluster.call('scancel', '--signal=TERM', '--batch', search);
        warned = true;
      }
      const training = isRunning(standing, 3);
      if (!thrownOff && training) {
        cluster.call('scontrol', 'requeue', training);
        thrownOff = true;
      }
      const reasons = cluster.call('squeue', '-h', '-o', '%r');
      assert.not.match(reasons, /DependencyNeverSatisfied/, outputs(folder));
      await sleep(500);
    }
    assert.ok(warned, 'the search was over before it could be warned');
    assert.ok(thrownOff, 'no training was thrown off');
    assert.match(outputs(folder), /interrupted; go on with/, 'the search did not hear the warning');
    const alone = startProgram(['experiment', 'grid.json', '--out', 'alone'], folder);
    assert.is(await alone.ended, 0, alone.text.both);
    assert.equal(resultsOf(within('shared')), resultsOf(within('alone')));
  } finally {
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** What all tasks printed. */
const outputs = (folder: string): string =>
  readdirSync(folder)
    .filter((name) => /^slurm-.*\.out$/.test(name))
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8')}`)
    .join('\n');

test.run();
