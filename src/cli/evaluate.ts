// `nat evaluate`: accuracy of a trained network on the test images.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { percent } from '../derive/report.ts';
import { evaluateNetwork, readTrainedNetwork } from '../train/evaluate_run.ts';
import type { EvaluationResult } from '../train/evaluation.ts';
import { loadTrainingImages } from '../train/load.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION, openOptions } from './command.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { createProgress } from './progress.ts';

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
  async run(platform, options) {
    const trained = await readTrainedNetwork(platform.files, options.run, options.weights);
    const config = { ...trained.config, data: options.data ?? trained.config.data };
    const progress = createProgress(platform, options);
    let interrupted = false;
    platform.onInterrupt(() => (interrupted = true));
    const data = await loadTrainingImages(imageSources(platform, options.workers, progress), config);
    const engine = await openEngine(nodeGpu(), openOptions(platform, options));
    progress.note(`adapter: ${engine.info.name}`);
    try {
      const result = await evaluateNetwork(engine, trained, data, {
        progress: (done) => progress.update({ label: 'test images', done, total: data.testCount }),
        stop: () => interrupted,
      });
      progress.finish();
      if (!result) return 130;
      const { arch } = config;
      const summary = { arch, weights: options.weights, data: config.data, ...result };
      const classes = result.classes.map((values, i) => ({ name: data.classNames[i]!, ...values }));
      platform.terminal.out(
        options.json ? `${JSON.stringify({ ...summary, classes })}\n` : describe(result, data.classNames),
      );
      return 0;
    } finally {
      progress.finish();
      engine.destroy();
      await data.close();
    }
  },
});

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
