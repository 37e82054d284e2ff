// `nat train`: trains an architecture from scratch, into a run folder.
import { percent } from '../io/format.ts';
import { SETTING_NAMES } from '../networks/macro_setting.ts';
import { loadBlueprint } from '../networks/registry.ts';
import { withEngine } from '../run/with_engine.ts';
import { checkTrainConfig, DEFAULTS, TRAIN_SETTINGS, type TrainConfig } from '../train/config.ts';
import { withTrainingImages } from '../train/load.ts';
import { trainIntoFolder, type TrainResult } from '../train/run.ts';
import { defineCommand } from './command.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { FOLDER_OPTIONS, longRun, requestOf, TRAINING_OPTIONS } from './long_run.ts';
import { givenSettings, settingOptions } from './setting_options.ts';

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
    ...FOLDER_OPTIONS,
    ...settingOptions(TRAIN_SETTINGS, { imagenetCells: 'imagenet' }),
    workers: WORKERS_OPTION,
    ...TRAINING_OPTIONS,
  },
  async run(platform, options) {
    const { arch, setting, data: place, out } = options;
    const blueprint = await loadBlueprint(platform.files, arch, setting, options.network ?? null);
    const config: TrainConfig = {
      arch: blueprint.name,
      setting,
      data: place,
      ...DEFAULTS[setting][blueprint.network === null ? 'cells' : 'networks'],
      ...givenSettings(TRAIN_SETTINGS, options),
    };
    checkTrainConfig(config);
    const goOn = `go on with: nat train ... --out ${out} --resume`;
    return longRun(platform, options, goOn, async (run) => {
      const sources = imageSources(platform, options.workers, run.progress);
      const result = await withTrainingImages(sources, config, (data) =>
        withEngine(
          run.openEngine,
          (engine, again) =>
            trainIntoFolder(engine, {
              config,
              blueprint,
              data,
              ...requestOf(platform, run, engine, options, again),
            }),
          run.progress.note,
        ),
      );
      return result && { json: result, text: describeResult(result, out) };
    });
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
