// A finished run, ready to judge architectures: its weights and policy on the GPU, with the images that judge.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Architecture } from '../arch/genotype.ts';
import { type Dataset, imageBytesOf, takeImages } from '../data/dataset.ts';
import { type DatasetRecord, formatOf, requireFormat } from '../data/dataset_record.ts';
import type { FinishedRun } from '../run/run_folder.ts';
import { importParameters } from '../nn/weight_files.ts';
import type { SearchConfig } from '../search/config.ts';
import { requireParts, type SearchParts } from '../search/parts.ts';
import { planSearch, SearchSession } from '../search/session.ts';
import { splitImages } from '../search/splits.ts';
import { SettingError } from '../settings/setting.ts';
import type { JudgingImages } from './config.ts';
import type { Evaluator } from './evaluator.ts';

/**
 * Restores a run. Candidates are chosen by images that trained theta, as in the paper; test images choose nothing.
 * Images come in whole batches of the search: of all of them, a last batch that is not full is left out.
 * @param dir the run folder, for errors
 * @param parts those of the search
 * Throws SettingError where there are not so many images, UserError where they are others than the run's.
 */
export async function openFinishedRun(
  engine: Device,
  settings: SearchConfig,
  run: FinishedRun,
  { train, test, format }: Dataset,
  dir: string,
  { selectImages = 0, testImages = 0 }: Partial<JudgingImages> = {},
  parts: SearchParts = {},
): Promise<Evaluator> {
  const config = { ...settings, dataset: run.config['dataset'] as DatasetRecord | undefined };
  const { batch } = config;
  requireFormat(format, formatOf(config), config.data);
  requireParts({ own: run.config['own'] as readonly string[] | undefined }, parts, dir);
  const { policy: trainedTheta } = splitImages(train.labels.length, config.trainFraction, batch, config.seed);
  const images = {
    selection: countOf('selectImages', selectImages, trainedTheta.length, batch),
    test: countOf('testImages', testImages, test.labels.length, batch),
  };
  const judging = takeImages(
    imageBytesOf(format),
    { set: train, indices: trainedTheta.subarray(0, images.selection) },
    { set: test, indices: range(0, images.test) },
  );
  const indices = {
    selection: range(0, images.selection),
    test: range(images.selection, images.selection + images.test),
  };
  const plan = planSearch(engine, config, judging.labels.length, parts);
  const session = await SearchSession.open(engine, plan, judging, () => 0);
  const { model, policy, theta } = session.program;
  importParameters(engine, model.weights, run.weights, `${dir}/weights.safetensors`);
  importParameters(engine, theta, run.policy, `${dir}/policy.safetensors`);
  return {
    space: policy.space,
    images,
    probabilities: (arch) => session.probabilities(arch),
    ...(session.nao && { propose: (arch: Architecture) => session.nao!.propose(arch) }),
    accuracy: (arch, judge) => session.accuracy(arch, indices[judge]),
  };
}

/** How many of `there` images a setting asks for, in whole batches. */
function countOf(setting: keyof JudgingImages, asked: number, there: number, batch: number): number {
  const most = there - (there % batch);
  if (most === 0) {
    throw new SettingError(
      setting,
      `the data has ${there} such images, less than a batch of the search (${batch})`,
    );
  }
  if (asked > most || asked % batch !== 0) {
    throw new SettingError(
      setting,
      `got ${asked}, expected a multiple of the search's batch of ${batch} images, at most ${most}, or 0 for all`,
    );
  }
  return asked === 0 ? most : asked;
}

const range = (begin: number, end: number): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: end - begin }, (_, i) => begin + i);
