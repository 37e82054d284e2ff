// `nat experiment`: a declared grid of searches, transformations and trainings, and its table.
import { slug } from '../experiment/definition.ts';
import { formatTable } from '../experiment/markdown.ts';
import { readExperiment } from '../experiment/read_experiment.ts';
import { runExperiment } from '../experiment/run.ts';
import { environmentOf } from '../run/environment.ts';
import { defineCommand } from './command.ts';
import { experimentObserver } from './experiment_progress.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { commandAgain } from './invocation.ts';
import { longRun, TRAINING_OPTIONS } from './long_run.ts';

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
    workers: WORKERS_OPTION,
    ...TRAINING_OPTIONS,
  },
  examples: [
    [
      'bench/experiments/table1.small.json',
      'a small form of Table 1 of the paper; the same again resumes it',
    ],
  ],
  async run(platform, options) {
    const experiment = await readExperiment(platform.files, options.file);
    const dir = options.out ?? `runs/${slug(experiment.name)}`;
    return longRun(platform, options, commandAgain(platform), async (run) => {
      const { progress, observer, openEngine } = run;
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
