// A SLURM cluster of a test's own: one node, this machine, with two GPUs in name alone.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './free_port.ts';

const DAEMONS = ['munged', 'slurmctld', 'slurmd'];

/** Whether SLURM can be had: installed, and this user may start its daemons. */
export const slurmInstalled = (): boolean =>
  process.getuid?.() === 0 && DAEMONS.every((name) => spawnSync(name, ['-V']).status === 0);

export interface Cluster {
  /** For the commands: sbatch, squeue and the like. */
  readonly env: NodeJS.ProcessEnv;
  /** Calls one of them, and returns what it printed. */
  call(command: string, ...args: string[]): string;
  stop(): void;
}

/** Seconds that a task waits before it is started again are two more than these; SLURM takes 120 unless told. */
const CREDENTIALS_EXPIRE = 5;

/** Starts the daemons with all their files in `dir`; resolves once the node takes tasks. */
export async function startCluster(dir: string): Promise<Cluster> {
  const within = (name: string): string => join(dir, name);
  const [node] = hostname().split('.');
  const socket = within('munge.socket');
  for (const folder of ['state', 'spool']) mkdirSync(within(folder));
  for (const gpu of ['gpu0', 'gpu1']) writeFileSync(within(gpu), '');
  writeFileSync(within('munge.key'), randomBytes(1024), { mode: 0o600 });
  writeFileSync(within('gres.conf'), `NodeName=${node} Name=gpu File=${within('gpu[0-1]')}\n`);
  const settings = {
    ClusterName: 'test',
    SlurmctldHost: `${node}(127.0.0.1)`,
    SlurmctldPort: await freePort(),
    SlurmdPort: await freePort(),
    SlurmUser: 'root',
    SlurmdUser: 'root',
    AuthType: 'auth/munge',
    AuthInfo: `socket=${socket},cred_expire=${CREDENTIALS_EXPIRE}`,
    StateSaveLocation: within('state'),
    SlurmdSpoolDir: within('spool'),
    SlurmctldPidFile: within('slurmctld.pid'),
    SlurmdPidFile: within('slurmd.pid'),
    ProctrackType: 'proctrack/pgid',
    TaskPlugin: 'task/none',
    SelectType: 'select/cons_tres',
    SelectTypeParameters: 'CR_CPU',
    GresTypes: 'gpu',
    SchedulerType: 'sched/builtin',
    SchedulerParameters: 'sched_min_interval=0,batch_sched_delay=0,sched_interval=1',
  };
  const machine = `NodeName=${node} NodeAddr=127.0.0.1 CPUs=2 Gres=gpu:2 State=UNKNOWN`;
  const partition = 'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP';
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(within('slurm.conf'), [...lines, machine, partition, ''].join('\n'));

  const env = { ...process.env, SLURM_CONF: within('slurm.conf') };
  const running: ChildProcess[] = [];
  let said = '';
  const start = (command: string, ...args: string[]): void => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    running.push(child);
  };
  const call = (command: string, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const keys = { 'key-file': 'munge.key', 'pid-file': 'munged.pid', 'seed-file': 'munged.seed', 'log-file': 'munged.log' }; // prettier-ignore
  const files = Object.entries(keys).map(([name, file]) => `--${name}=${within(file)}`);
  start('munged', '--foreground', '--force', `--socket=${socket}`, ...files);
  start('slurmctld', '-D');
  start('slurmd', '-D');
  const stop = (): void => {
    for (const child of running.reverse()) child.kill('SIGKILL');
  };
  for (let look = 0; look < 100; look++) {
    await sleep(200);
    if (spawnSync('sinfo', ['-h', '-o', '%t'], { env, encoding: 'utf8' }).stdout.trim() === 'idle')
      return { env, call, stop };
  }
  stop();
  throw new Error(`SLURM does not start: ${said}\n${readFileSync(within('munged.log'), 'utf8')}`);
}
