// `nat experiment`: a declared grid of searches, transformations and trainings, and its table.
import { openQueue } from '../../runtime/host/node/bullmq.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { type Experiment, slug } from '../experiment/definition.ts';
import { formatTable } from '../experiment/markdown.ts';
import { readExperiment } from '../experiment/read_experiment.ts';
import { runExperiment } from '../experiment/run.ts';
import { coordinate } from '../queue/coordinate.ts';
import { environmentOf } from '../run/environment.ts';
import { defineCommand } from './command.ts';
import { experimentObserver } from './experiment_progress.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { commandAgain } from './invocation.ts';
import { type LongRun, longRun, TRAINING_OPTIONS } from './long_run.ts';
import { openStore, QUEUE_OPTIONS, queueAddress, STORE_OPTION } from './queue_options.ts';

export const experimentCommand = defineCommand({
  name: 'experiment',
  summary: 'run a grid of architectures, policy learners and seeds, and print its table',
  options: {
    file: {
      type: 'string',
      placeholder: 'FILE.json',
      positional: true,
      required: true,
      help: 'the experiment',
    },
    out: { type: 'string', placeholder: 'DIR', help: 'the folder for its runs and table (runs/NAME)' },
    queue: {
      ...QUEUE_OPTIONS.queue,
      help: `have the runs done by nat worker on other machines: ${QUEUE_OPTIONS.queue.help}`,
    },
    prefix: QUEUE_OPTIONS.prefix,
    store: STORE_OPTION,
    workers: WORKERS_OPTION,
    ...TRAINING_OPTIONS,
  },
  examples: [
    [
      'bench/experiments/table1.small.json',
      'a small form of Table 1 of the paper; the same again resumes it',
    ],
    [
      'bench/experiments/table1.small.json --queue redis://queue.lab:6379/0 --store /shared/nat',
      'the same by the workers of that queue; Ctrl-C leaves them at it, the same again watches on',
    ],
  ],
  async run(platform, options) {
    const experiment = await readExperiment(platform.files, options.file);
    const dir = options.out ?? `runs/${slug(experiment.name)}`;
    return longRun(platform, options, commandAgain(platform), async (run) => {
      const { progress, observer, openEngine } = run;
      if (options.queue !== undefined) await byWorkers(platform, options, experiment, dir, run);
      const table = await runExperiment({
        experiment,
        dir,
        sources: imageSources(platform, options.workers, run),
        openEngine,
        environment: (engine) => environmentOf(platform.runtime, engine.info),
        observer: experimentObserver(observer, progress),
      });
      if (!table) return null;
      progress.note(`table: ${dir}/table.md, ${dir}/table.json`);
      return { json: table, text: formatTable(table) };
    });
  },
});

/** Has the runs done by workers, and brings what they found to the experiment's folder here. */
async function byWorkers(
  platform: Platform,
  options: { queue: string | undefined; prefix: string; store: string | undefined },
  experiment: Experiment,
  dir: string,
  { progress, observer }: LongRun,
): Promise<void> {
  const { store } = openStore(platform, options.store);
  const queue = await openQueue(await queueAddress(platform, options), progress.note);
  progress.note(
    `runs by the workers of ${queue.place}, store ${store.name}; they go on without this command`,
  );
  try {
    await coordinate({
      experiment,
      queue,
      store,
      files: platform.files,
      dir,
      watch: (state) => observer.progress({ ...state, more: true }),
      note: progress.note,
      interrupted: observer.interrupted,
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    });
  } finally {
    await queue.close();
  }
}
