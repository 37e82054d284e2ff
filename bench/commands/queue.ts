// `bench:queue`: jobs of a trivial kind through the queue: how many a second, and what they take of memory.
import { openQueue, takeJobs } from '../../runtime/host/node/bullmq.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { QUEUE_OPTIONS, queueAddress } from '../../src/cli/queue_options.ts';
import { formatJson } from '../../src/io/json.ts';
import { mebibytes } from '../../src/io/format.ts';

const RESULTS = 'bench/results';
const PATH = `${RESULTS}/queue.json`;

/** Jobs put in at a time: a grid of hundreds of runs comes so. */
const BATCH = 100;

export const queue = defineCommand({
  name: 'queue',
  summary: 'jobs a second through the queue, and memory',
  options: {
    ...QUEUE_OPTIONS,
    jobs: { type: 'integer', min: 1, max: 1_000_000, default: 1000, help: 'jobs that do nothing' },
    slots: { type: 'integer', min: 1, max: 1000, default: 8, help: 'jobs at a time' },
    json: { type: 'boolean', help: 'print the JSON instead of a few lines' },
  },
  async run(platform, options) {
    const progress = createProgress(platform, options);
    // keys of its own, so that nobody's work is touched
    const given = await queueAddress(platform, options);
    const address = { ...given, prefix: `${given.prefix}-bench` };
    const work = await openQueue(address, progress.note);
    const memory = (): number => process.memoryUsage().rss;
    const before = memory();
    const started = platform.now();
    const names = Array.from({ length: options.jobs }, (_, i) => `job-${i}`);
    for (let at = 0; at < names.length; at += BATCH) {
      await work.add(names.slice(at, at + BATCH).map((id) => ({ id, data: { job: id } })));
    }
    const added = platform.now();
    let done = 0;
    let finished: () => void = () => {};
    const all = new Promise<void>((resolve) => (finished = resolve));
    const taker = await takeJobs(address, {
      worker: 'bench',
      slots: options.slots,
      lostAfter: 30,
      async work() {
        done++;
        progress.update({ label: 'jobs', done, total: options.jobs });
        if (done === options.jobs) finished();
        return { end: 'done' };
      },
      note: progress.note,
    });
    await all;
    await taker.close();
    const ended = platform.now();
    const after = memory();
    for (const { id } of await work.jobs()) await work.remove(id);
    await work.close();
    progress.finish();
    const perSecond = (from: number, to: number): number => Math.round(options.jobs / ((to - from) / 1000));
    const result = {
      format: 'nat-webgpu queue 1',
      command: `npm run bench:queue -- --queue URL --jobs ${options.jobs} --slots ${options.slots}`,
      date: new Date().toISOString(),
      runtime: platform.runtime,
      jobs: options.jobs,
      slots: options.slots,
      added_per_second: perSecond(started, added),
      done_per_second: perSecond(added, ended),
      process_bytes: { before, after },
    };
    const text = formatJson(result, 'jobs through the queue');
    await platform.files.makeDirectory(RESULTS);
    await platform.files.writeAtomic(PATH, text);
    progress.note(`results: ${PATH}`);
    platform.terminal.out(
      options.json
        ? text
        : `${options.jobs} jobs: ${result.added_per_second} a second put in, ${result.done_per_second} done by ` +
            `${options.slots} at a time; ${mebibytes(after - before, 1)} MiB more memory of this process\n`,
    );
  },
});
