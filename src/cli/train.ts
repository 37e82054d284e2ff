// `nat train`: trains an architecture from scratch, into a run folder.
import type { Device } from '../../runtime/engine/engine.ts';
import { percent } from '../io/format.ts';
import { formatJson } from '../io/json.ts';
import { checkRunFolder } from '../run/run_folder.ts';
import { withSizeAdvice } from '../run/run.ts';
import { chromeTrace } from '../run/trace.ts';
import { withEngine } from '../run/with_engine.ts';
import { withTrainingImages } from '../train/load.ts';
import { networkBuilder } from '../train/network.ts';
import {
  checkTraining,
  recordedConfig,
  trainIntoFolder,
  TRAIN_SIZES,
  type TrainRequest,
  type TrainResult,
} from '../train/run.ts';
import { traceTrainingSteps } from '../train/trace_steps.ts';
import { defineCommand } from './command.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { commandAgain } from './invocation.ts';
import { FOLDER_OPTIONS, longRun, requestOf, TRAINING_OPTIONS } from './long_run.ts';
import { TRAIN_OPTIONS, trainConfigOf } from './train_options.ts';

export const train = defineCommand({
  name: 'train',
  summary: 'train an architecture from scratch, into a run folder',
  options: {
    ...FOLDER_OPTIONS,
    ...TRAIN_OPTIONS,
    trace: {
      type: 'string',
      placeholder: 'FILE.json',
      help: 'first write every kernel call of a step and of an evaluated batch on the adapter, for Perfetto or Chrome',
    },
    workers: WORKERS_OPTION,
    ...TRAINING_OPTIONS,
  },
  examples: [
    [
      '--arch DARTS --channels 4 --layers 3 --auxiliary 0 --epochs 2 --out runs/small',
      'a small network on the sample',
    ],
    ['--arch NAT_DARTS --data cifar10 --out runs/nat', "a cell of the paper's at its setting for CIFAR-10"],
    ['--arch ResNet20 --data cifar10 --out runs/resnet', 'a hand-crafted network'],
    [
      '--arch DARTS --data flowers --image-size 32 --out runs/flowers',
      'on a folder of class folders of small images',
    ],
    ['--arch DARTS --setting imagenet --data imagenet --out runs/imagenet', 'on one of large images'],
    [
      '--arch ResNet20 --trace step.json --out runs/resnet',
      'also every kernel call of a step, to be opened in ui.perfetto.dev',
    ],
    ['--config runs/nat/config.json --out runs/nat --resume', 'goes on after an interruption'],
  ],
  async run(platform, options) {
    const { out, resume } = options;
    const { config, blueprint } = await trainConfigOf(platform.files, options);
    await checkRunFolder(platform.files, out, resume, recordedConfig(config, blueprint));
    return longRun(platform, options, commandAgain(platform, '--resume'), async (run) => {
      const sources = imageSources(platform, options.workers, run);
      const result = await withTrainingImages(sources, config, async (data) => {
        // before an adapter is looked for
        checkTraining({ config, blueprint, data });
        const { trace } = options;
        if (trace !== undefined) {
          const text = await withEngine(run.openEngine, (engine) =>
            traced(engine, trace, { config, blueprint, data }),
          );
          await platform.files.writeAtomic(trace, text);
        }
        return withEngine(
          run.openEngine,
          (engine, again) =>
            trainIntoFolder(engine, {
              config,
              blueprint,
              data,
              ...requestOf(platform, run, engine, options, again),
            }),
          run.progress.note,
        );
      });
      if (!result) return null;
      const next = [[['evaluate', '--run', out], 'accuracy on the test images, also by class']] as const;
      return { json: result, text: describeResult(result, out), next };
    });
  },
});

/** The steps of a training as the text of a trace. @param name of the file, for errors */
async function traced(
  engine: Device,
  name: string,
  { config, blueprint, data }: Pick<TrainRequest, 'config' | 'blueprint' | 'data'>,
): Promise<string> {
  const build = networkBuilder(blueprint, config, data.format);
  const steps = await withSizeAdvice(TRAIN_SIZES, () => traceTrainingSteps(engine, build, data, config));
  return formatJson(chromeTrace(steps, engine.info.name), name);
}

function describeResult({ arch, parameters, steps, test, best }: TrainResult, dir: string): string {
  const line = ({ top1, top5, loss }: TrainResult['test']): string =>
    `top-1 ${percent(top1)}, top-5 ${percent(top5)}, loss ${loss?.toFixed(4) ?? 'not finite'}`;
  return (
    `run folder: ${dir}\n${arch}: ${parameters} parameters after ${steps} steps\n` +
    `  ${test.images} test images: ${line(test)}\n` +
    `  best epoch, ${best.epoch + 1}: ${line(best)}\n`
  );
}
