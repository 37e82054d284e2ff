// `nat evaluate`: accuracy of a trained network on the test images.
import { percent } from '../io/format.ts';
import { withEngine } from '../run/with_engine.ts';
import { evaluateNetwork, readTrainedNetwork } from '../train/evaluate_run.ts';
import type { EvaluationResult } from '../train/evaluation.ts';
import { withTrainingImages } from '../train/load.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION } from './command.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { longRun } from './long_run.ts';

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  summary: 'accuracy of a trained network on the test images, also by class',
  options: {
    run: { type: 'string', placeholder: 'RUN', required: true, help: 'the run folder of a training' },
    weights: {
      type: 'string',
      choices: ['last', 'best'],
      default: 'last',
      help: 'those at the end of the training, or those that did best on its test images',
    },
    data: { type: 'string', placeholder: 'DIR', help: "the images, where they are not where the run's were" },
    workers: WORKERS_OPTION,
    adapter: ADAPTER_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    ['--run runs/train', 'the network at the end of its training'],
    ['--run runs/train --weights best --data cifar10', 'the best one, on images in another place'],
  ],
  async run(platform, options) {
    const trained = await readTrainedNetwork(platform.files, options.run, options.weights);
    const config = { ...trained.config, data: options.data ?? trained.config.data };
    return longRun(platform, options, null, (run) =>
      withTrainingImages(imageSources(platform, options.workers, run), config, async (data) => {
        const result = await withEngine(run.openEngine, (engine) =>
          evaluateNetwork(engine, { ...trained, config }, data, {
            progress: (done) => run.observer.progress({ label: 'test images', done, total: data.testCount }),
            stop: run.observer.interrupted,
          }),
        );
        if (!result) return null;
        const chosen = options.weights === 'best';
        const weights = { weights: options.weights, chosen_by_these_images: chosen };
        const summary = { arch: config.arch, ...weights, data: config.data, ...result };
        const classes = result.classes.map((values, i) => ({ name: data.classNames[i]!, ...values }));
        return {
          json: { ...summary, classes },
          text: describe(result, data.classNames) + (chosen ? CHOSEN : ''),
        };
      }),
    );
  },
});

const CHOSEN = 'these images chose the weights, so the figures flatter them\n';

function describe(
  { images, loss, top1, top5, classes, confusion }: EvaluationResult,
  names: readonly string[],
): string {
  const width = Math.max(...names.map((name) => name.length));
  const rows = classes.map((result, t) => {
    const mistakes = confusion[t]!.map((count, p) => ({ count, p })).filter(({ p }) => p !== t);
    const worst = mistakes.reduce((a, b) => (b.count > a.count ? b : a), { count: 0, p: -1 });
    const taken = worst.count > 0 ? `, most often taken for ${names[worst.p]} (${worst.count})` : '';
    const share = percent(result.top1).padStart(7);
    return `  ${names[t]!.padEnd(width)}  ${share} of ${String(result.images).padStart(5)}${taken}\n`;
  });
  return `${images} test images: top-1 ${percent(top1)}, top-5 ${percent(top5)}, loss ${loss?.toFixed(4) ?? 'not finite'}\n${rows.join('')}`;
}
