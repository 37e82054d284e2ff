// `nat train`: trains an architecture from scratch, into a run folder.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { SETTING_NAMES } from '../networks/macro_setting.ts';
import { loadBlueprint } from '../networks/registry.ts';
import { checkTrainConfig } from '../train/config.ts';
import { loadTrainingImages } from '../train/load.ts';
import { trainIntoFolder } from '../train/run.ts';
import type { TrainResult } from '../train/train.ts';
import { ADAPTER_OPTION, defineCommand, FAST_UNCHECKED_OPTION, JSON_OPTION, openOptions } from './command.ts';
import { environmentOf } from '../run/environment.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { createProgress } from './progress.ts';
import { percent } from '../derive/report.ts';
import { TRAIN_OPTIONS, trainConfigOf } from './train_options.ts';

/** Exit code of an interrupted run: 128 + SIGINT, as shells report it. */
const INTERRUPTED = 130;

export const train = defineCommand({
  name: 'train',
  summary: 'train an architecture from scratch, into a run folder',
  options: {
    arch: {
      type: 'string',
      placeholder: 'NAME|FILE',
      required: true,
      help: 'a network (ResNet20, NAT_VGG16, ...), a cell (DARTS, ...) or a genotype file',
    },
    network: {
      type: 'string',
      help: 'put the cell in place of the blocks of this network (VGG16, ResNet20, ...)',
    },
    setting: {
      type: 'string',
      choices: SETTING_NAMES,
      default: 'cifar10',
      help: "the papers' settings for these images are the defaults, in brackets below",
    },
    data: {
      type: 'string',
      placeholder: 'DIR',
      default: 'sample',
      help: "a CIFAR-10 directory, a folder with train/CLASS/ and val/CLASS/ of JPEG and PNG images, or 'sample'",
    },
    out: { type: 'string', placeholder: 'RUN', required: true, help: 'the run folder' },
    resume: { type: 'boolean', help: 'go on with the run in that folder' },
    ...TRAIN_OPTIONS,
    workers: WORKERS_OPTION,
    adapter: ADAPTER_OPTION,
    fastUnchecked: FAST_UNCHECKED_OPTION,
    json: JSON_OPTION,
  },
  async run(platform, options) {
    const { arch, setting, out } = options;
    const blueprint = await loadBlueprint(platform.files, arch, setting, options.network ?? null);
    const place = { arch: blueprint.name, setting, data: options.data };
    const config = trainConfigOf(options, place, blueprint.network === null ? 'cells' : 'networks');
    checkTrainConfig(config);
    const progress = createProgress(platform, options);
    let interrupted = false;
    platform.onInterrupt(() => {
      interrupted = true;
      progress.note('stopping after this step; a checkpoint will be saved');
    });
    const data = await loadTrainingImages(imageSources(platform, options.workers, progress), config);
    const engine = await openEngine(nodeGpu(), openOptions(platform, options));
    progress.note(`adapter: ${engine.info.name}`);
    let values: Record<string, number> = {};
    try {
      const result = await trainIntoFolder(engine, {
        config,
        blueprint,
        data,
        files: platform.files,
        dir: out,
        resume: options.resume,
        environment: environmentOf(platform.runtime, engine.info),
        planned: ({ bytes, pipelines }) =>
          progress.note(`planned: ${(bytes / 2 ** 20).toFixed(0)} MiB of GPU memory, ${pipelines} pipelines`),
        observer: {
          progress: ({ epoch, epochs, phase, done, total }) =>
            progress.update({ label: `epoch ${epoch + 1}/${epochs} ${phase}`, done, total, values }),
          metrics: ({ loss, top1 }) =>
            (values = { ...(loss === null ? {} : { loss: Number(loss) }), accuracy: Number(top1) }),
          now: platform.now,
          interrupted: () => interrupted,
        },
      });
      progress.finish();
      if (!result) {
        progress.note(`interrupted; go on with: nat train ... --out ${out} --resume`);
        return INTERRUPTED;
      }
      platform.terminal.out(options.json ? `${JSON.stringify(result)}\n` : describeResult(result, out));
      return 0;
    } finally {
      progress.finish();
      engine.destroy();
      await data.close();
    }
  },
});

function describeResult({ arch, parameters, steps, test, best }: TrainResult, dir: string): string {
  const line = ({ top1, top5, loss }: TrainResult['test']): string =>
    `top-1 ${percent(top1)}, top-5 ${percent(top5)}, loss ${loss?.toFixed(4) ?? 'not finite'}`;
  return (
    `run folder: ${dir}\n${arch}: ${parameters} parameters after ${steps} steps\n` +
    `  ${test.images} test images: ${line(test)}\n` +
    `  best epoch, ${best.epoch + 1}: ${line(best)}\n`
  );
}
