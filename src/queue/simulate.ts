// How long an experiment takes on so many machines, some of which fail: a discrete simulation of the workers, the queue and the
// store, with durations that were measured. Time goes in steps of some seconds, so that no logarithm is needed.
import { createRng } from '../core/rng.ts';
import type { Job, JobKind } from '../experiment/jobs.ts';

export interface SimulatedSetting {
  readonly machines: number;
  /** Of each machine. */
  readonly failuresPerHour: number;
  /** Seconds of a job of each kind, undisturbed. */
  readonly seconds: Readonly<Record<JobKind, number>>;
  /** Seconds between two checkpoints, all of whose work a failure costs. */
  readonly checkpoint: number;
  /** Seconds until a machine that failed is missed, and until it is back. */
  readonly lostAfter: number;
  readonly repair: number;
  readonly seed: number;
}

export interface Simulated {
  /** Seconds until the last job is done. */
  readonly makespan: number;
  /** Share of the machines' time, until then, that went into work that counted. */
  readonly useful: number;
  readonly failures: number;
  /** Seconds of work that was done twice. */
  readonly repeated: number;
}

/** Seconds of a step of the simulation. */
const TICK = 5;
/** A stream of the random numbers of its own. */
const STREAM = 0;

interface Running {
  readonly job: Job;
  /** Seconds of its work that are done, and of those the ones that a checkpoint holds. */
  done: number;
}

/** Simulates an experiment; the same seed, the same course. */
export function simulate(jobs: readonly Job[], setting: SimulatedSetting): Simulated {
  const { machines, failuresPerHour, seconds, checkpoint, lostAfter, repair, seed } = setting;
  const rng = createRng(seed, STREAM);
  const failing = (failuresPerHour * TICK) / 3600;
  const finished = new Set<string>();
  const waiting: Running[] = [];
  const released = new Set<string>();
  /** Lost with their machine, until somebody misses them. */
  const missing: { readonly run: Running; readonly until: number }[] = [];
  const at: (Running | null)[] = Array.from({ length: machines }, () => null);
  const awayUntil = new Float64Array(machines);
  let [now, failures, repeated, worked] = [0, 0, 0, 0];

  const release = (): void => {
    for (const job of jobs) {
      if (released.has(job.id) || !job.needs.every((need) => finished.has(need))) continue;
      released.add(job.id);
      waiting.push({ job, done: 0 });
    }
  };
  const fail = (machine: number): void => {
    failures++;
    awayUntil[machine] = now + repair;
    const run = at[machine];
    at[machine] = null;
    if (!run) return;
    const kept = Math.floor(run.done / checkpoint) * checkpoint;
    repeated += run.done - kept;
    missing.push({ run: { job: run.job, done: kept }, until: now + lostAfter });
  };

  release();
  while (finished.size < jobs.length) {
    now += TICK;
    for (let i = missing.length - 1; i >= 0; i--) {
      if (missing[i]!.until <= now) waiting.push(...missing.splice(i, 1).map(({ run }) => run));
    }
    for (let machine = 0; machine < machines; machine++) {
      if (awayUntil[machine]! > now) continue;
      if (failing > 0 && rng.uniform() < failing) {
        fail(machine);
        continue;
      }
      at[machine] ??= waiting.shift() ?? null;
      const run = at[machine];
      if (!run) continue;
      run.done += TICK;
      worked += TICK;
      if (run.done < seconds[run.job.kind]) continue;
      finished.add(run.job.id);
      at[machine] = null;
    }
    // what can begin now begins in the next step
    release();
  }
  return { makespan: now, useful: (worked - repeated) / (machines * now), failures, repeated };
}

export interface Load {
  /** Bytes of the run folders that go to the store at each checkpoint. */
  readonly bytes: number;
  readonly checkpoint: number;
  /** Bytes a second that the store takes, from all together. */
  readonly bandwidth: number;
  /** Jobs a second that the queue takes in and hands out. */
  readonly jobsPerSecond: number;
  readonly secondsPerJob: number;
}

/** From how many machines on the store, or the queue, has more to do than it can. */
export const machinesUntilFull = (load: Load): { readonly store: number; readonly queue: number } => ({
  store: Math.floor((load.bandwidth * load.checkpoint) / load.bytes),
  queue: Math.floor(load.jobsPerSecond * load.secondsPerJob),
});
