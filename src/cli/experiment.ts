// `nat experiment`: a declared grid of searches, transformations and trainings, and its table.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { slug } from '../experiment/definition.ts';
import { formatTable } from '../experiment/markdown.ts';
import { readExperiment } from '../experiment/read_experiment.ts';
import { runExperiment } from '../experiment/run.ts';
import { environmentOf } from '../run/environment.ts';
import { ADAPTER_OPTION, defineCommand, FAST_UNCHECKED_OPTION, JSON_OPTION, openOptions } from './command.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { createProgress } from './progress.ts';

/** Exit code of an interrupted run: 128 + SIGINT, as shells report it. */
const INTERRUPTED = 130;

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
    adapter: ADAPTER_OPTION,
    fastUnchecked: FAST_UNCHECKED_OPTION,
    json: JSON_OPTION,
  },
  async run(platform, options) {
    const experiment = await readExperiment(platform.files, options.file);
    const dir = options.out ?? `runs/${slug(experiment.name)}`;
    const progress = createProgress(platform, options);
    let interrupted = false;
    platform.onInterrupt(() => {
      interrupted = true;
      progress.note('stopping after this step; a checkpoint will be saved');
    });
    let run = '';
    try {
      const table = await runExperiment({
        experiment,
        dir,
        sources: imageSources(platform, options.workers, progress),
        openEngine: () => openEngine(nodeGpu(), openOptions(platform, options)),
        environment: (engine) => environmentOf(platform.runtime, engine.info),
        observer: {
          begins(what, done, total) {
            run = `run ${done + 1}/${total}`;
            progress.note(`${run}: ${what}`);
          },
          progress: (label, done, total) => progress.update({ label: `${run}, ${label}`, done, total }),
          now: platform.now,
          interrupted: () => interrupted,
        },
      });
      progress.finish();
      if (!table) {
        progress.note('interrupted; the same command goes on');
        return INTERRUPTED;
      }
      progress.note(`table: ${dir}/table.md, ${dir}/table.json`);
      platform.terminal.out(options.json ? `${JSON.stringify(table)}\n` : formatTable(table));
      return 0;
    } finally {
      progress.finish();
    }
  },
});
