// The queue by BullMQ over Redis or Valkey. Both packages are loaded here alone, when a queue is asked for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job as BullJob } from 'bullmq';
import type { Redis } from 'ioredis';
import { oneLine, RunError, UserError } from '../../errors.ts';
import type { JobData, JobQueue, JobState, JobTaker, QueuedJob, TakerOptions } from '../queue.ts';

/** The queue's name within its prefix. */
const NAME = 'jobs';
/** How often a job may be lost to a worker that died: what kills a job's own process is counted as a failure. */
const LOSSES = 1000;
const ATTEMPTS = 4;
/** Before the second attempt, in milliseconds; each further pause is twice the last. */
const PAUSE = 5000;

export interface QueueAddress {
  /** redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// with TLS. */
  readonly url: string;
  /** What the queue's keys begin with. */
  readonly prefix: string;
}

async function load() {
  try {
    return { ...(await import('bullmq')), ...(await import('ioredis')) };
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UserError('a queue needs two packages that are not installed; run: npm install bullmq ioredis');
  }
}

/** HOST:PORT/DATABASE: what may be shown of a queue's address. Throws UserError where it is none. */
export function placeOf(url: string): string {
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    parsed = null;
  }
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    // not shown: it may hold a password
    throw new UserError('--queue: expected redis://HOST:PORT/DATABASE, or rediss:// for TLS');
  }
  return `${parsed.hostname}:${parsed.port || 6379}/${parsed.pathname.slice(1) || 0}`;
}

/** A connection that waits for its server; `note` hears once of each time that it is away. */
function connect(IoRedis: typeof Redis, url: string, note: (line: string) => void): Redis {
  const place = placeOf(url);
  const connection = new IoRedis(url, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 200, 2000),
  });
  let away = false;
  connection.on('error', (error: Error & { code?: string }) => {
    if (!away)
      note(
        `the queue at ${place} cannot be reached (${error.code ?? oneLine(error.message)}); waiting for it`,
      );
    away = true;
  });
  connection.on('ready', () => {
    if (away) note(`the queue at ${place} is back`);
    away = false;
  });
  return connection;
}

/** Throws UserError where the server wants another password, or none answers at first. */
async function requireServer(connection: Redis, url: string): Promise<void> {
  const place = placeOf(url);
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error & { code?: string }): void => {
      connection.disconnect();
      const why = error.code ?? oneLine(error.message);
      reject(new RunError(`--queue: no Redis or Valkey answers at ${place} (${why}); is it running there?`));
    };
    connection.once('error', refuse);
    connection.once('ready', () => {
      connection.off('error', refuse);
      resolve();
    });
  });
}

const STATES: Readonly<Record<string, JobState>> = {
  waiting: 'waiting',
  prioritized: 'waiting',
  paused: 'waiting',
  active: 'active',
  delayed: 'delayed',
  completed: 'done',
  failed: 'failed',
};

/** BullMQ's own object. Throws UserError where its packages are missing, RunError where no server answers. */
export async function openBullQueue({ url, prefix }: QueueAddress, note: (line: string) => void) {
  const { Queue, Redis: IoRedis } = await load();
  const connection = connect(IoRedis, url, note);
  await requireServer(connection, url);
  const queue = new Queue<JobData>(NAME, { connection, prefix });
  queue.on('error', () => {}); // the connection's own listener has said it
  const close = async (): Promise<void> => {
    await queue.close();
    connection.disconnect();
  };
  return { queue, close };
}

export async function openQueue(address: QueueAddress, note: (line: string) => void): Promise<JobQueue> {
  const { queue, close } = await openBullQueue(address, note);
  const toQueued = async (job: BullJob<JobData>): Promise<QueuedJob> => ({
    id: job.id!,
    data: job.data,
    state: STATES[await job.getState()] ?? 'waiting',
    worker: job.processedBy ?? null,
    progress: typeof job.progress === 'string' ? job.progress : null,
    failure: job.failedReason ? oneLine(job.failedReason) : null,
  });
  const failed = async (): Promise<BullJob<JobData>[]> => queue.getJobs(['failed']);
  return {
    place: placeOf(address.url),
    async add(jobs) {
      await queue.addBulk(
        jobs.map(({ id, data }) => ({
          name: data['job'] ?? id,
          data,
          opts: { jobId: id, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: PAUSE } },
        })),
      );
    },
    async jobs() {
      const jobs = (await queue.getJobs()).filter((job) => job !== undefined && job !== null);
      return Promise.all(jobs.map(toQueued));
    },
    paused: () => queue.isPaused(),
    pause: () => queue.pause(),
    resume: () => queue.resume(),
    async retry(ids) {
      const chosen = (await failed()).filter(({ id }) => ids === undefined || ids.includes(id!));
      for (const job of chosen) await job.retry('failed', { resetAttemptsMade: true });
      return chosen.length;
    },
    async drain() {
      const waiting = await queue.getJobCountByTypes('waiting', 'delayed');
      await queue.drain(true);
      return waiting;
    },
    remove: async (id) => void (await queue.remove(id)),
    close,
  };
}

/** Seconds that BullMQ has to tell the server how a job ended; what it does not hear goes to another worker. */
const SETTLING = 1;

/** Takes jobs until it is closed. A job whose worker dies waits again for another. */
export async function takeJobs({ url, prefix }: QueueAddress, options: TakerOptions): Promise<JobTaker> {
  const { worker: name, slots, lostAfter, work, note } = options;
  const { DelayedError, Redis: IoRedis, UnrecoverableError, Worker } = await load();
  const connection = connect(IoRedis, url, note);
  await requireServer(connection, url);
  const underWay = new Set<Promise<unknown>>();
  const worker = new Worker<JobData>(
    NAME,
    async (job, token) => {
      const progress = (line: string): void => {
        // a line that the queue misses is no harm
        void job.updateProgress(line).catch(() => {});
      };
      const working = work({ id: job.id!, data: job.data, progress });
      underWay.add(working);
      const ended = await working.finally(() => underWay.delete(working));
      if (ended.end === 'done') return;
      if (ended.end === 'failed') throw new Error(ended.why);
      if (ended.end === 'hopeless') throw new UnrecoverableError(ended.why);
      await job.updateProgress(ended.why);
      await job.moveToDelayed(Date.now() + 1000 * ended.seconds, token);
      throw new DelayedError();
    },
    {
      connection,
      prefix,
      name,
      concurrency: slots,
      lockDuration: 1000 * lostAfter,
      stalledInterval: 500 * lostAfter,
      maxStalledCount: LOSSES,
    },
  );
  worker.on('error', (error) => {
    // what the connection has said already
    if (
      !/ECONN|ETIMEDOUT|EPIPE|Connection is closed/.test(
        String((error as { code?: string }).code ?? error.message),
      )
    ) {
      note(oneLine(error.message));
    }
  });
  return {
    async close() {
      // not its own orderly close: where the server has been away, that may wait for an answer that never comes
      await worker.pause(true);
      const had = underWay.size > 0;
      await Promise.allSettled(underWay);
      if (had) await sleep(1000 * SETTLING);
      await worker.close(true);
      connection.disconnect();
    },
  };
}
