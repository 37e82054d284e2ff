// Small trainings on the sample, into run folders in memory.
import type { GpuEngine } from '../../runtime/engine/gpu_engine.ts';
import type { Dataset } from '../../src/data/dataset.ts';
import { DEFAULTS } from '../../src/train/config.ts';
import type { TrainConfig } from '../../src/train/config.ts';
import { residentImages } from '../../src/train/resident_images.ts';
import { trainIntoFolder, type TrainResult } from '../../src/train/run.ts';
import { requireBlueprint } from '../../src/networks/registry.ts';
import { memoryFiles, type MemoryFiles } from './memory_files.ts';
import { RUN, sample, type SmallRun } from './search_run.ts';

/** Two epochs of two steps with everything on: auxiliary head, drop path, cutout, smoothing, clipping. */
export const SMALL: TrainConfig = {
  ...DEFAULTS.cifar10.cells,
  arch: 'ResBlock',
  setting: 'cifar10',
  data: 'sample',
  seed: 5,
  channels: 2,
  layers: 3,
  batch: 16,
  epochs: 2,
  maxSteps: 2,
  labelSmoothing: 0.1,
  logEvery: 1,
};

/** The first images of the sample: a last batch that is not full. */
export const FEW: Dataset = {
  ...sample,
  train: part(sample.train, 100),
  test: part(sample.test, 37),
};

function part({ images, labels }: Dataset['train'], count: number): Dataset['train'] {
  return { images: images.slice(0, 3072 * count), labels: labels.slice(0, count) };
}

export interface SmallTraining extends Pick<SmallRun, 'files'> {
  readonly result: TrainResult | null;
}

/**
 * Trains.
 * @param stopAfter interrupts it after so many reports of progress: steps, and batches of evaluations
 * @param files the folder of an interrupted run, to resume
 */
export async function trainSmall(
  engine: GpuEngine,
  config: TrainConfig,
  {
    stopAfter = Infinity,
    files,
    data = FEW,
  }: { stopAfter?: number; files?: MemoryFiles; data?: Dataset } = {},
): Promise<SmallTraining> {
  let reports = 0;
  const folder = files ?? memoryFiles();
  const result = await trainIntoFolder(engine, {
    config,
    blueprint: requireBlueprint(config.arch, config.setting),
    data: residentImages(data, config),
    files: folder,
    dir: RUN,
    resume: files !== undefined,
    environment: { adapter: engine.info.name },
    observer: {
      progress: () => reports++,
      now: () => performance.now(),
      interrupted: () => reports >= stopAfter,
    },
  });
  return { files: folder, result };
}
