// `nat queue ...`: what runs where, how far, and what failed; and what its owner can do about it.
import { openQueue } from '../../runtime/host/node/bullmq.ts';
import { openDashboard } from '../../runtime/host/node/queue_dashboard.ts';
import type { JobQueue, JobState, QueuedJob } from '../../runtime/host/queue.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { QUEUE_OPTIONS, queueAddress } from './queue_options.ts';

const ORDER: readonly JobState[] = ['active', 'failed', 'delayed', 'waiting', 'done'];

async function withQueue<T>(
  platform: Platform,
  options: { queue: string | undefined; prefix: string },
  work: (queue: JobQueue) => Promise<T>,
): Promise<T> {
  const note = (line: string): void => platform.terminal.err(`${line}\n`);
  const queue = await openQueue(await queueAddress(platform, options), note);
  try {
    return await work(queue);
  } finally {
    await queue.close();
  }
}

const nameOf = ({ id, data }: QueuedJob): string => `${data['experiment'] ?? id} ${data['job'] ?? ''}`;

/** Counts, then a line for each job that is not simply waiting or done. */
function describe(place: string, paused: boolean, jobs: readonly QueuedJob[]): string {
  const counts = ORDER.map((state) => `${jobs.filter((job) => job.state === state).length} ${state}`);
  const lines = ORDER.flatMap((state) =>
    state === 'done' || state === 'waiting'
      ? []
      : jobs
          .filter((job) => job.state === state)
          .map((job) => {
            const what = state === 'failed' ? job.failure : job.progress;
            const where = state === 'active' && job.worker !== null ? ` on ${job.worker}` : '';
            return `${state.padEnd(8)}${nameOf(job)}${where}${what ? `: ${what}` : ''}\n`;
          }),
  );
  return `${place}${paused ? ' (paused)' : ''}: ${counts.join(', ')}\n${lines.join('')}`;
}

export const queueStatus = defineCommand({
  name: 'queue status',
  summary: 'what runs where, how far, and what failed with which line',
  options: { ...QUEUE_OPTIONS, json: JSON_OPTION },
  examples: [['--queue redis://queue.lab:6379/0', 'counts, and a line for each run under way or failed']],
  run: (platform, options) =>
    withQueue(platform, options, async (queue) => {
      const [paused, jobs] = [await queue.paused(), await queue.jobs()];
      const { place } = queue;
      platform.terminal.out(
        options.json ? `${JSON.stringify({ place, paused, jobs })}\n` : describe(place, paused, jobs),
      );
    }),
});

export const queuePause = defineCommand({
  name: 'queue pause',
  summary: 'no worker takes another run; those under way go on',
  options: QUEUE_OPTIONS,
  examples: [['--queue redis://queue.lab:6379/0', 'workers finish what they have, and take no more']],
  run: (platform, options) =>
    withQueue(platform, options, async (queue) => {
      await queue.pause();
      platform.terminal.out(`${queue.place}: paused; nat queue resume ends it\n`);
    }),
});

export const queueResume = defineCommand({
  name: 'queue resume',
  summary: 'workers take runs again',
  options: QUEUE_OPTIONS,
  examples: [['--queue redis://queue.lab:6379/0', 'after nat queue pause']],
  run: (platform, options) =>
    withQueue(platform, options, async (queue) => {
      await queue.resume();
      platform.terminal.out(`${queue.place}: goes on\n`);
    }),
});

export const queueRetry = defineCommand({
  name: 'queue retry',
  summary: 'failed runs wait for a worker again',
  options: QUEUE_OPTIONS,
  examples: [['--queue redis://queue.lab:6379/0', 'once what was wrong is mended']],
  run: (platform, options) =>
    withQueue(platform, options, async (queue) => {
      platform.terminal.out(`${queue.place}: ${await queue.retry()} failed runs wait again\n`);
    }),
});

export const queueDrain = defineCommand({
  name: 'queue drain',
  summary: 'take out all runs that wait; those under way go on',
  options: QUEUE_OPTIONS,
  examples: [['--queue redis://queue.lab:6379/0', 'nat experiment puts them in again']],
  run: (platform, options) =>
    withQueue(platform, options, async (queue) => {
      platform.terminal.out(`${queue.place}: ${await queue.drain()} runs taken out\n`);
    }),
});

export const queueDashboard = defineCommand({
  name: 'queue dashboard',
  summary: 'serve a page that shows the queue, on this machine alone, until it is stopped',
  options: {
    ...QUEUE_OPTIONS,
    port: {
      type: 'integer',
      min: 0,
      max: 65535,
      default: 8080,
      help: 'of the loopback address; 0 for a free one',
    },
  },
  examples: [['--queue redis://queue.lab:6379/0', 'its address, to open in a browser here']],
  async run(platform, options) {
    const { err, out } = platform.terminal;
    const stopped = new Promise<void>((resolve) => platform.onInterrupt(resolve));
    const address = await queueAddress(platform, options);
    const dashboard = await openDashboard(address, options.port, (line) => err(`${line}\n`));
    out(`${dashboard.url}\n`);
    await stopped;
    await dashboard.close();
  },
});
