// The scripts for SLURM, run by a shell with stand-ins for SLURM's commands and for the program.
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { layOut } from '../src/experiment/grid.ts';
import { jobsOf } from '../src/experiment/jobs.ts';
import { readExperiment } from '../src/experiment/read_experiment.ts';
import { slurmScripts } from '../src/queue/slurm.ts';
import { experimentFiles } from './support/small_experiment.ts';

/** Each line of a command's log: its arguments. */
const linesOf = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];

/** Scripts of the small grid, and commands that write down how they were called. */
async function inFolder(work: (dir: string, env: NodeJS.ProcessEnv) => Promise<void> | void): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'nat-slurm-'));
  try {
    const put = (name: string, text: string): void => {
      writeFileSync(join(dir, name), text);
      chmodSync(join(dir, name), 0o755);
    };
    const jobs = jobsOf(
      layOut(await readExperiment(experimentFiles(), 'grid/file.json'), `${dir}/it's here`),
    );
    const command = [join(dir, 'program'), 'experiment', "it's.json"];
    const scripts = slurmScripts(jobs, command, 'small_grid', `${dir}/it's here`);
    mkdirSync(join(dir, "it's here"));
    put("it's here/experiment.json", '{}');
    for (const [name, text] of Object.entries(scripts)) put(name, text);
    put(
      'sbatch',
      `#!/bin/bash\nn=$(cat ${dir}/count 2>/dev/null || echo 100)\necho $((n + 1)) > ${dir}/count\necho "$n $*" >> ${dir}/sbatch.log\necho "$n"\n`,
    );
    put('scontrol', `#!/bin/bash\necho "$*" >> ${dir}/scontrol.log\n`);
    put(
      'program',
      `#!/bin/bash\necho "$*" >> ${dir}/program.log\nif [ -n "\${HANG:-}" ]; then trap 'sleep 0.2; exit 130' TERM; touch ${dir}/ready; while true; do sleep 0.05; done; fi\nexit "\${CODE:-0}"\n`,
    );
    await work(dir, { ...process.env, PATH: `${dir}:${process.env['PATH']}` });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

test('every job is handed to SLURM once, after those that it needs', () =>
  inFolder(async (dir, env) => {
    const jobs = jobsOf(layOut(await readExperiment(experimentFiles(), 'grid/file.json'), 'x'));
    const { status, stderr } = spawnSync('bash', [join(dir, 'submit.sh')], { env, encoding: 'utf8' });
    assert.is(status, 0, stderr);
    const calls = linesOf(join(dir, 'sbatch.log'));
    const arrays = calls.slice(0, -1).map((line) => {
      const [, id, range, after] =
        /^(\d+) --parsable --array=([\d,-]+)(?: --dependency=afterok:(\d+))? /.exec(line)!;
      const numbers = range!.split(',').flatMap((part) => {
        const [from, to = from] = part.split('-').map(Number);
        return Array.from({ length: to! - from! + 1 }, (_, i) => from! + i);
      });
      return { id, after, numbers };
    });
    assert.equal(
      arrays.flatMap(({ numbers }) => numbers).sort((a, b) => a - b),
      jobs.map((_, i) => i + 1),
    );
    arrays.forEach(({ numbers, after }, place) => {
      const before = arrays.slice(0, place).flatMap((array) => array.numbers);
      for (const number of numbers) {
        const { needs } = jobs[number - 1]!;
        assert.ok(needs.every((need) => before.includes(1 + jobs.findIndex(({ id }) => id === need))));
      }
      assert.is(after, place === 0 ? undefined : arrays[place - 1]!.id);
    });
    assert.match(calls.at(-1)!, new RegExp(`--dependency=afterok:${arrays.at(-1)!.id} `));
  }));

test('scripts that are called elsewhere hand in nothing and say where they belong', () =>
  inFolder((dir, env) => {
    rmSync(join(dir, "it's here"), { recursive: true });
    const { status, stderr } = spawnSync('bash', [join(dir, 'submit.sh')], { env, encoding: 'utf8' });
    assert.is(status, 2);
    assert.match(stderr, /^submit\.sh: there is no .*it's here\/experiment\.json here; call this in .*\n$/);
    assert.equal(linesOf(join(dir, 'sbatch.log')), []);
  }));

test('a task does its job, and its exit code is the program’s', () =>
  inFolder((dir, env) => {
    for (const code of ['0', '1', '2']) {
      const task = { ...env, SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_JOB_ID: '7', CODE: code };
      const { status, stderr } = spawnSync('bash', [join(dir, 'job.sh')], { env: task, encoding: 'utf8' });
      assert.is(status, Number(code), stderr);
    }
    assert.equal(linesOf(join(dir, 'program.log')), Array(3).fill("experiment it's.json --job 3"));
    assert.equal(linesOf(join(dir, 'scontrol.log')), []);
  }));

test('a task whose time is up saves a checkpoint and is queued again', () =>
  inFolder(async (dir, env) => {
    const task = { ...env, SLURM_ARRAY_TASK_ID: '1', SLURM_ARRAY_JOB_ID: '7', HANG: '1' };
    const child = spawn('bash', [join(dir, 'job.sh')], { env: task });
    while (!existsSync(join(dir, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGTERM');
    assert.is(await new Promise((resolve) => child.on('close', resolve)), 0);
    assert.equal(linesOf(join(dir, 'scontrol.log')), ['requeue 7_1']);
  }));

test('only a task that is started again takes the lock of the one before away', () =>
  inFolder((dir, env) => {
    const lock = join(dir, "it's here/searches/gcn-one-seed1/lock.json");
    spawnSync('mkdir', ['-p', join(lock, '..')]);
    const run = (restarts: string) => {
      writeFileSync(lock, '{}');
      const task = { ...env, SLURM_ARRAY_TASK_ID: '1', SLURM_RESTART_COUNT: restarts };
      assert.is(spawnSync('bash', [join(dir, 'job.sh')], { env: task }).status, 0);
      return existsSync(lock);
    };
    assert.is(run('0'), true);
    assert.is(run('1'), false);
  }));

test.run();
