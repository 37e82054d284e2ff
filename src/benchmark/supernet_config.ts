// The settings of a weight-sharing network of NAS-Bench-201's space and of its judgement, each declared once.
import { SettingError } from '../settings/setting.ts';
import { checkValues, presetOf, type SettingTable, type SettingValues } from '../settings/table.ts';
import { CELL_COUNT } from './space.ts';

/**
 * The defaults are the benchmark's: its network (section 2.1), and how it trains shared weights (its "random search with
 * parameter sharing": 250 epochs in batches of 64, 0.025 to 0.001, weight decay 5e-4). The other preset is made for two
 * processors.
 */
export const SUPERNET_SETTINGS = {
  data: { type: 'string', placeholder: 'DIR', default: 'sample', help: "a CIFAR-10 directory, or 'sample'" },
  channels: {
    type: 'integer',
    min: 1,
    default: 16,
    presets: { quick: 8 },
    help: 'channels of the first stage, C',
  },
  stageCells: {
    type: 'integer',
    min: 1,
    default: 5,
    presets: { quick: 2 },
    help: 'cells of each of the three stages, N',
  },
  batch: { type: 'integer', min: 2, default: 64, help: 'images a step' },
  epochs: {
    type: 'integer',
    min: 1,
    default: 250,
    presets: { quick: 20 },
    help: 'passes over the training images',
  },
  maxSteps: {
    type: 'integer',
    min: 0,
    default: 0,
    help: 'at most this many steps in an epoch; 0 for all the images',
  },
  lr: { type: 'number', min: 0, default: 0.025, help: 'learning rate at first' },
  lrMin: { type: 'number', min: 0, default: 0.001, help: 'learning rate at last; cosine in between' },
  momentum: { type: 'number', min: 0, below: 1, default: 0.9, help: 'of SGD' },
  weightDecay: { type: 'number', min: 0, default: 5e-4, help: 'of all weights' },
  clip: { type: 'number', above: 0, default: 5, help: 'largest norm of the gradients' },
  judgedCells: {
    type: 'integer',
    min: 20,
    max: CELL_COUNT,
    default: CELL_COUNT,
    presets: { quick: 1000 },
    help: 'cells whose accuracy is measured, chosen at random',
  },
  judgedImages: {
    type: 'integer',
    min: 1,
    default: 10_000,
    presets: { quick: 1024 },
    help: 'test images for each of them, in whole batches; all where there are fewer',
  },
  logEvery: { type: 'integer', min: 1, default: 50, help: 'steps between two lines of metrics.jsonl' },
} as const satisfies SettingTable;

/** The settings of a training of shared weights on NAS-Bench-201. */
export interface SupernetRunConfig extends SettingValues<typeof SUPERNET_SETTINGS> {
  /** Everything random follows from it. */
  readonly seed: number;
}

type Settings = SettingValues<typeof SUPERNET_SETTINGS>;

/** Settings for a short look, and those at which results are reported. */
export const SUPERNET_PRESETS: Readonly<Record<'quick' | 'paper', Settings>> = {
  quick: presetOf(SUPERNET_SETTINGS, 'quick'),
  paper: presetOf(SUPERNET_SETTINGS),
};
export const SUPERNET_PRESET_NAMES = ['quick', 'paper'] as const;

/** Throws SettingError for the first setting that makes no sense, also with so many images. */
export function checkSupernetConfig(
  config: SupernetRunConfig,
  images: { readonly train: number; readonly test: number },
): void {
  checkValues(SUPERNET_SETTINGS, config);
  const { batch, lr, lrMin, judgedImages } = config;
  if (lrMin > lr) throw new SettingError('lrMin', `got ${lrMin}, expected at most --lr (${lr})`);
  const most = Math.min(images.train, images.test);
  if (batch > most) {
    throw new SettingError(
      'batch',
      `got ${batch}, but there are ${images.train} training images and ${images.test} test images`,
    );
  }
  if (judgedImages < batch) {
    throw new SettingError('judgedImages', `got ${judgedImages}, expected at least a batch (${batch})`);
  }
}
