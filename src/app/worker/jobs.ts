// A run's work, the same as that of the command line, and how much of it there is.
import type { Device } from '../../../runtime/engine/engine.ts';
import { loadImages } from '../../data/load.ts';
import { DERIVE_SETTINGS } from '../../derive/config.ts';
import { accuraciesOf } from '../../derive/derive.ts';
import { runMainJob } from '../../derive/main_job.ts';
import { stepsPerEpoch } from '../../data/order.ts';
import { environmentOf } from '../../run/environment.ts';
import type { RunObserver } from '../../run/observer.ts';
import { withEngine } from '../../run/with_engine.ts';
import { stepsOf } from '../../search/plan_cost.ts';
import type { SearchSession } from '../../search/session.ts';
import { presetOf } from '../../settings/table.ts';
import { residentImages } from '../../train/resident_images.ts';
import { checkTraining, trainIntoFolder } from '../../train/run.ts';
import type { DatasetInfo, RunRequest } from '../protocol.ts';
import type { App } from './app.ts';
import { requireDataset } from './datasets.ts';
import { readRequest, type SearchAsked, type TrainingAsked } from './requests.ts';

/** For whom and where a run works. */
export interface JobSetting {
  readonly dir: string;
  readonly observer: RunObserver;
  openEngine(): Promise<Device>;
  /** Hears of a search once its memory is made. */
  opened(session: SearchSession): void;
}

/** What is asked for, checked. */
export interface Job {
  readonly asked: SearchAsked | TrainingAsked;
  readonly dataset: DatasetInfo;
  /** Steps, batches of evaluations and accuracies of candidates, all together. */
  readonly steps: number;
  /** Goes on from the folder's last checkpoint. False where it was interrupted. */
  run(setting: JobSetting): Promise<boolean>;
}

/** Checks a request as far as that is possible without its images. Throws UserError. */
export async function openJob(app: App, request: RunRequest): Promise<Job> {
  const asked = readRequest(request);
  const dataset = await requireDataset(app.host.files, request.settings.data ?? 'sample');
  return asked.kind === 'search'
    ? { asked, dataset, steps: searchSteps(asked, dataset), run: (setting) => search(app, asked, setting) }
    : {
        asked,
        dataset,
        steps: trainingSteps(asked, dataset),
        run: (setting) => training(app, asked, setting),
      };
}

function searchSteps({ config }: SearchAsked, { images }: DatasetInfo): number {
  const { weights, policy } = stepsOf(config, images);
  return weights + policy + accuraciesOf(presetOf(DERIVE_SETTINGS));
}

/** Epochs that end with an evaluation: every `evalEvery`th, and the last. */
function trainingSteps({ config }: TrainingAsked, { images, testImages }: DatasetInfo): number {
  const { epochs, batch, maxSteps, evalEvery } = config;
  const evaluations = Math.ceil(epochs / evalEvery);
  return epochs * stepsPerEpoch(images, batch, maxSteps) + evaluations * Math.ceil(testImages / batch);
}

async function search({ host }: App, asked: SearchAsked, setting: JobSetting): Promise<boolean> {
  const { preset, settings, genotype } = asked;
  return (await runMainJob({ platform: host, preset, settings, arch: genotype, ...setting })) !== null;
}

async function training({ host }: App, asked: TrainingAsked, setting: JobSetting): Promise<boolean> {
  const { config, blueprint } = asked;
  const { dir, observer, openEngine } = setting;
  const { imageSize } = config;
  const data = residentImages(await loadImages(host, config.data, { imageSize }), config);
  checkTraining({ config, blueprint, data });
  const work = (engine: Device) =>
    trainIntoFolder(engine, {
      ...{ config, blueprint, data, files: host.files, dir, resume: true },
      ...{ environment: environmentOf(host.runtime, engine.info), observer },
    });
  return (await withEngine(openEngine, work, observer.note)) !== null;
}
