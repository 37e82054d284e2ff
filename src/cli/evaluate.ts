// `nat evaluate`: accuracy of a trained network on the test images.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { readWeights } from '../exchange/subject.ts';
import { percent } from '../io/format.ts';
import { withEngine } from '../run/with_engine.ts';
import type { TrainConfig } from '../train/config.ts';
import { evaluateNetwork, readTrainedNetwork, type TrainedNetwork } from '../train/evaluate_run.ts';
import type { EvaluationResult } from '../train/evaluation.ts';
import type { TrainingImages } from '../train/images.ts';
import { withTrainingImages } from '../train/load.ts';
import { networkBuilder } from '../train/network.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION } from './command.ts';
import type { OptionValues } from './flags.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { longRun } from './long_run.ts';
import { requireRunOrArch, weightsOfRun } from './network_options.ts';
import { TRAIN_OPTIONS, trainConfigOf } from './train_options.ts';

const OPTIONS = {
  run: { type: 'string', placeholder: 'RUN', help: 'the run folder of a training; or --arch' },
  arch: TRAIN_OPTIONS.arch,
  network: TRAIN_OPTIONS.network,
  setting: TRAIN_OPTIONS.setting,
  channels: TRAIN_OPTIONS.channels,
  layers: TRAIN_OPTIONS.layers,
  imageSize: TRAIN_OPTIONS.imageSize,
  batch: TRAIN_OPTIONS.batch,
  weights: {
    type: 'string',
    placeholder: 'last|best|FILE',
    help:
      'of a run, those at its end (last), or those that did best on its test images; with --arch a weight file, ours or ' +
      "PyTorch's as safetensors, or an ONNX model",
  },
  data: { type: 'string', placeholder: 'DIR', help: "the images, where they are not where the run's were" },
  workers: WORKERS_OPTION,
  adapter: ADAPTER_OPTION,
  json: JSON_OPTION,
} as const;

type EvaluateOptions = OptionValues<typeof OPTIONS>;

export const evaluateCommand = defineCommand({
  name: 'evaluate',
  summary: 'accuracy of a trained network on the test images, also by class',
  options: OPTIONS,
  examples: [
    ['--run runs/train', 'the network at the end of its training'],
    ['--run runs/train --weights best --data cifar10', 'the best one, on images in another place'],
    [
      '--arch ResNet50 --setting imagenet --weights resnet50.safetensors --data imagenet',
      "torchvision's weights",
    ],
  ],
  async run(platform, options) {
    const subject = await subjectOf(platform.files, options);
    const config = { ...subject.config, data: options.data ?? subject.config.data };
    return longRun(platform, options, null, (run) =>
      withTrainingImages(imageSources(platform, options.workers, run), config, async (data) => {
        const trained = await subject.on(data);
        const result = await withEngine(run.openEngine, (engine) =>
          evaluateNetwork(engine, { ...trained, config: { ...trained.config, data: config.data } }, data, {
            progress: (done) => run.observer.progress({ label: 'test images', done, total: data.testCount }),
            stop: run.observer.interrupted,
          }),
        );
        if (!result) return null;
        const chosen = options.run !== undefined && options.weights === 'best';
        const weights = { weights: options.weights ?? 'last', chosen_by_these_images: chosen };
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

/** What is evaluated: its settings, and the network once its images are known. */
interface Evaluated {
  readonly config: TrainConfig;
  on(data: TrainingImages): Promise<TrainedNetwork>;
}

/** Throws UserError where the options name no network with weights. */
async function subjectOf(files: Files, options: EvaluateOptions): Promise<Evaluated> {
  const { run, arch, weights } = options;
  requireRunOrArch(run, arch);
  if (run !== undefined) {
    const trained = await readTrainedNetwork(files, run, weightsOfRun(weights));
    return { config: trained.config, on: async () => trained };
  }
  if (weights === undefined) throw new UserError('--weights is missing: with --arch a weight file');
  const { config, blueprint } = await trainConfigOf(files, options);
  return {
    config,
    async on(data) {
      const dataset = await data.describe();
      const network = networkBuilder(blueprint, { ...config, auxiliary: 0 }, data.format)();
      const tensors = await readWeights(files, weights, blueprint, network);
      return { config: { ...config, ...(dataset && { dataset }) }, blueprint, tensors, file: weights };
    },
  };
}

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
