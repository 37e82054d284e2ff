// `nat search`: Algorithm 1 of the paper, into a run folder.
import { loadImages } from '../data/load.ts';
import { percent } from '../io/format.ts';
import { checkRunFolder } from '../run/run_folder.ts';
import { withEngine } from '../run/with_engine.ts';
import { checkSearchConfig } from '../search/config.ts';
import { searchIntoFolder, type SearchResult } from '../search/run.ts';
import { splitImages } from '../search/splits.ts';
import { defineCommand } from './command.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { commandAgain } from './invocation.ts';
import { FOLDER_OPTIONS, longRun, requestOf, TRAINING_OPTIONS } from './long_run.ts';
import { SEARCH_DATA_OPTION, SEARCH_OPTIONS, searchConfigOf } from './search_options.ts';

export const search = defineCommand({
  name: 'search',
  summary: 'train shared weights and policy (Algorithm 1), into a run folder',
  options: {
    data: SEARCH_DATA_OPTION,
    ...FOLDER_OPTIONS,
    ...SEARCH_OPTIONS,
    workers: WORKERS_OPTION,
    ...TRAINING_OPTIONS,
  },
  examples: [
    ['--out runs/first', 'a search of a minute or less on the sample that comes along'],
    ['--preset paper --data cifar10 --out runs/paper', "the paper's setting on the whole of CIFAR-10"],
    ['--data flowers --image-size 32 --out runs/flowers', 'on a folder of class folders, images of any size'],
    ['--preset paper --data cifar10 --out runs/paper --resume', 'goes on after an interruption'],
    [
      '--config runs/first/config.json --seed 2 --out runs/second',
      'another run with all of its settings but one',
    ],
  ],
  async run(platform, options) {
    const config = await searchConfigOf(platform.files, options);
    const { out, resume } = options;
    // all that can be refused is, before an adapter is looked for
    checkSearchConfig(config);
    await checkRunFolder(platform.files, out, resume, config);
    return longRun(platform, options, commandAgain(platform, '--resume'), async (run) => {
      const sources = imageSources(platform, options.workers, run);
      const data = await loadImages(sources, config.data, { imageSize: config.imageSize });
      splitImages(data.train.labels.length, config.trainFraction, config.batch, config.seed);
      const result = await withEngine(
        run.openEngine,
        (engine, again) =>
          searchIntoFolder(engine, { config, data, ...requestOf(platform, run, engine, options, again) }),
        run.progress.note,
      );
      if (!result) return null;
      const next = [
        [['derive', '--run', out, '--arch', 'DARTS'], 'transform an architecture with this run'],
      ] as const;
      return { json: result, text: describeResult(result, out), next };
    });
  },
});

function describeResult({ steps, weights, policy, parameters }: SearchResult, dir: string): string {
  const lines = [`run folder: ${dir}`, `shared weights: ${parameters.weights} after ${steps.weights} steps`];
  if (weights)
    lines.push(`  loss ${weights.loss.toFixed(4)}, accuracy ${percent(weights.accuracy)} (training batches)`);
  if (parameters.policy > 0) lines.push(`policy weights: ${parameters.policy} after ${steps.policy} steps`);
  if (policy) {
    lines.push(
      `  accuracy ${percent(policy.accuracyBefore)} before and ${percent(policy.accuracyAfter)} after the ` +
        `transformation, reward ${policy.reward.toFixed(4)}, entropy ${policy.entropy.toFixed(3)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
