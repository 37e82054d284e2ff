// `nat experiment --simulate`: how long an experiment takes on so many machines.
import { UserError } from '../../runtime/errors.ts';
import type { Job, JobKind } from '../experiment/jobs.ts';
import { machinesUntilFull, simulate } from '../queue/simulate.ts';
import type { Answer } from './long_run.ts';

const KINDS: readonly JobKind[] = ['search', 'transformations', 'training'];

/** Options of a forecast. */
export const FORECAST_OPTIONS = {
  simulate: {
    type: 'boolean',
    help: 'run nothing; tell how long it takes on --machines that fail now and then, from --minutes',
  },
  machines: {
    type: 'integer',
    min: 1,
    max: 10_000,
    default: 8,
    help: 'with --simulate: machines, a run each',
  },
  failuresPerHour: {
    type: 'number',
    min: 0,
    max: 60,
    default: 0.01,
    help: 'with --simulate: how often a machine fails, in an hour of its work',
  },
  minutes: {
    type: 'string',
    placeholder: 'A,B,C',
    help:
      'with --simulate: minutes of a search, of the transformations that it judges, of a training on one machine, as ' +
      'nat plan --measure and finished runs tell them',
  },
} as const;

/** Seconds between two checkpoints of a run, and of what the queue's workers take. */
const COURSE = { checkpoint: 60, lostAfter: 45, repair: 300, seed: 1 };

/** Bytes of a run folder at a checkpoint, bytes a second of a store behind 10 Gbit/s, and what bench:queue measured. */
const LOAD = { bytes: 60e6, bandwidth: 1e9, jobsPerSecond: 4000 };

function secondsOf(minutes: string | undefined): Record<JobKind, number> {
  const values = (minutes ?? '').split(',').map((part) => 60 * Number(part.trim() || NaN));
  if (values.length !== KINDS.length || !values.every((value) => value > 0 && value < 1e8)) {
    throw new UserError(
      `--minutes: got ${minutes ?? 'nothing'}, expected three numbers above 0 with commas between them: ` +
        'minutes of a search, of its transformations, of a training',
    );
  }
  return Object.fromEntries(KINDS.map((kind, i) => [kind, values[i]!])) as Record<JobKind, number>;
}

export function forecast(
  jobs: readonly Job[],
  options: { machines: number; failuresPerHour: number; minutes: string | undefined },
): Answer {
  const { machines, failuresPerHour } = options;
  const seconds = secondsOf(options.minutes);
  const counts = KINDS.map((kind) => jobs.filter((job) => job.kind === kind).length);
  const total = jobs.reduce((sum, { kind }) => sum + seconds[kind], 0);
  const course = simulate(jobs, { machines, failuresPerHour, seconds, ...COURSE });
  const full = machinesUntilFull({
    ...LOAD,
    checkpoint: COURSE.checkpoint,
    secondsPerJob: total / jobs.length,
  });
  const hours = (value: number): string => `${(value / 3600).toFixed(1)} h`;
  return {
    json: { machines, failuresPerHour, jobs: jobs.length, seconds: total, ...course, full },
    text:
      `${counts[0]} searches, the transformations of ${counts[1]}, ${counts[2]} trainings: ${hours(total)} on one machine\n` +
      `${machines} machines, ${failuresPerHour} failures an hour each: ${hours(course.makespan)}, ` +
      `${(100 * course.useful).toFixed(0)}% of their time useful, ${course.failures} failures, ` +
      `${hours(course.repeated)} done twice\n` +
      `the store is full from ${full.store} machines on, the queue from ${full.queue}\n`,
  };
}
