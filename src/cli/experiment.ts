// `nat experiment`: a declared grid of searches, transformations and trainings, and its table.
import type { Device } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { type Experiment, slug } from '../experiment/definition.ts';
import { formatTable } from '../experiment/markdown.ts';
import { readExperiment } from '../experiment/read_experiment.ts';
import { layOut } from '../experiment/grid.ts';
import { type Job, jobsOf } from '../experiment/jobs.ts';
import { claimFolder, runExperiment, runOneJob } from '../experiment/run.ts';
import { slurmScripts } from '../queue/slurm.ts';
import { environmentOf } from '../run/environment.ts';
import { defineCommand } from './command.ts';
import { byWorkers } from './experiment_by_workers.ts';
import { forecast, FORECAST_OPTIONS } from './experiment_forecast.ts';
import { experimentObserver } from './experiment_progress.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { commandAgain } from './invocation.ts';
import { type Answer, longRun, TRAINING_OPTIONS } from './long_run.ts';
import { QUEUE_OPTIONS, STORE_OPTION } from './queue_options.ts';

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
    slurm: {
      type: 'string',
      placeholder: 'DIR',
      help: 'run nothing; write scripts for machines that SLURM shares out, which all see the folder',
    },
    job: {
      type: 'integer',
      min: 1,
      help: 'do one job of the grid alone, by its place; others may be done in the same folder meanwhile',
    },
    ...FORECAST_OPTIONS,
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
      'the same by the workers of that queue; it may be left and called again',
    ],
    [
      'bench/experiments/table3.paper.json --simulate --machines 8 --minutes 60,10,150',
      'how long that takes',
    ],
  ],
  async run(platform, options) {
    const experiment = await readExperiment(platform.files, options.file);
    const dir = options.out ?? `runs/${slug(experiment.name)}`;
    const goOn = options.simulate || options.slurm !== undefined ? null : commandAgain(platform);
    return longRun(platform, options, goOn, async (run): Promise<Answer | null> => {
      const { progress, observer, openEngine } = run;
      const jobs = jobsOf(layOut(experiment, dir));
      if (options.simulate) return forecast(jobs, options);
      if (options.slurm !== undefined) return writeScripts(platform, options.slurm, experiment, dir, jobs);
      const request = {
        experiment,
        dir,
        sources: imageSources(platform, options.workers, run),
        openEngine,
        environment: (engine: Device) => environmentOf(platform.runtime, engine.info),
        observer: experimentObserver(observer, progress),
      };
      if (options.job !== undefined) {
        const job = jobs[options.job - 1];
        if (!job)
          throw new UserError(
            `--job: got ${options.job}, expected at most ${jobs.length}, the jobs of the grid`,
          );
        await runOneJob(request, job);
        return { json: { job: job.id }, text: `${job.id}: done\n` };
      }
      if (options.queue !== undefined) await byWorkers(platform, options, experiment, dir, run);
      const table = await runExperiment(request);
      if (!table) return null;
      progress.note(`table: ${dir}/table.md, ${dir}/table.json`);
      return { json: table, text: formatTable(table) };
    });
  },
});

/** Makes the experiment's folder, and scripts for SLURM beside it. */
async function writeScripts(
  platform: Platform,
  folder: string,
  experiment: Experiment,
  dir: string,
  jobs: readonly Job[],
): Promise<Answer> {
  const { files, args, program } = platform;
  await claimFolder(files, dir, experiment);
  // the command as it was given, without what belongs to the scripts alone
  const at = args.findIndex((arg) => arg === '--slurm' || arg.startsWith('--slurm='));
  const given = args.filter((_, i) => i !== at && !(args[at] === '--slurm' && i === at + 1));
  const named = given.some((arg) => arg === '--out' || arg.startsWith('--out='))
    ? given
    : [...given, '--out', dir];
  const scripts = slurmScripts(jobs, [...program.split(' '), ...named], slug(experiment.name), dir);
  await files.makeDirectory(folder);
  for (const [name, text] of Object.entries(scripts)) await files.writeAtomic(`${folder}/${name}`, text);
  const paths = Object.keys(scripts).map((name) => `${folder}/${name}`);
  return {
    json: { scripts: paths, jobs: jobs.length },
    text: `${paths.join('\n')}\nnext: bash ${folder}/submit.sh\n`,
  };
}
