// `nat worker`: does the jobs of experiments that were put into a queue, each in a process of its own.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openQueue, takeJobs } from '../../runtime/host/node/bullmq.ts';
import { type ChildWork, startChild } from '../../runtime/host/node/child_process.ts';
import { processName, withOwnFolder } from '../../runtime/host/node/machine.ts';
import type { JobEnd, TakenJob } from '../../runtime/host/queue.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import type { Ticket } from '../queue/ticket.ts';
import { workOn } from '../queue/work.ts';
import { ADAPTER_OPTION, defineCommand, FAST_UNCHECKED_OPTION, openOptions } from './command.ts';
import { WORKERS_OPTION } from './image_sources.ts';
import type { JobOrder, JobWord } from './job_process.ts';
import { openStore, QUEUE_OPTIONS, queueAddress, STORE_OPTION } from './queue_options.ts';

export const worker = defineCommand({
  name: 'worker',
  summary: 'do the runs of experiments that were put into a queue, until it is stopped',
  options: {
    ...QUEUE_OPTIONS,
    store: STORE_OPTION,
    slots: { type: 'integer', min: 1, default: 1, help: 'runs at a time, each in a process of its own' },
    scratch: {
      type: 'string',
      placeholder: 'DIR',
      help: "where runs lie while they are under way (the system's folder for temporary files)",
    },
    lostAfter: {
      type: 'integer',
      min: 1,
      default: 30,
      help: 'seconds without a sign of life after which the runs of a worker go to another; the same on all',
    },
    workers: WORKERS_OPTION,
    adapter: ADAPTER_OPTION,
    fastUnchecked: FAST_UNCHECKED_OPTION,
  },
  examples: [
    ['--queue redis://queue.lab:6379/0 --store /shared/nat', 'on every machine; Ctrl-C gives its runs back'],
  ],
  async run(platform, options) {
    const { terminal } = platform;
    const note = (line: string): void => {
      if (!terminal.quiet) terminal.err(`${line}\n`);
    };
    const address = await queueAddress(platform, options);
    const { store, address: storeAddress } = openStore(platform, options.store);
    const adapter = await adapterOf(platform, options);
    const queue = await openQueue(address, note);
    const running = new Set<ChildWork<JobEnd>>();
    await withOwnFolder(options.scratch, async (scratch) => {
      const perform = async (ticket: Ticket, job: TakenJob): Promise<JobEnd> => {
        const { fastUnchecked, workers } = options;
        const order: JobOrder = { ticket, store: storeAddress, scratch, adapter, fastUnchecked, workers };
        const child = startChild<JobWord, JobEnd>('job_process.js', order, (word) =>
          'note' in word ? note(`${ticket.job}: ${word.note}`) : job.progress(word.progress),
        );
        running.add(child);
        if (stopping) child.stop();
        try {
          return await child.answer;
        } finally {
          running.delete(child);
        }
      };
      let stopping = false;
      const stopped = new Promise<void>((resolve) => platform.onInterrupt(resolve));
      const taker = await takeJobs(address, {
        worker: processName(),
        slots: options.slots,
        lostAfter: options.lostAfter,
        work: (job) => workOn(job, { queue, store, perform, note }),
        note,
      });
      note(`${processName()} on ${adapter}: waiting for runs from ${queue.place}, store ${store.name}`);
      await stopped;
      note('stopping: runs at hand save a checkpoint and go back to the queue');
      stopping = true;
      for (const child of running) child.stop();
      await taker.close();
      await queue.close();
    });
    return 0;
  },
});

/** The name of the adapter that runs will take. Throws RunError where there is none. */
async function adapterOf(
  platform: Platform,
  options: { adapter: string | undefined; fastUnchecked: boolean },
): Promise<string> {
  const engine = await openEngine(nodeGpu(), openOptions(platform, options));
  const { name } = engine.info;
  engine.destroy();
  return name;
}
