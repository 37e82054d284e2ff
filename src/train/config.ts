// The settings of a training from scratch, each declared once: the type of a configuration, the defaults, its check, the
// options of the command line and what an experiment file may say follow from this table.
import { IMAGE_SIZE_IN_WORDS } from '../data/dataset.ts';
import type { WithDataset } from '../data/dataset_record.ts';
import type { SettingName } from '../networks/macro_setting.ts';
import { SettingError } from '../settings/setting.ts';
import { checkValues, presetOf, type SettingTable, type SettingValues } from '../settings/table.ts';

/**
 * The defaults are those of cell networks on CIFAR-10: DARTS, "Architecture evaluation" (section 3.2), which the paper
 * follows. The presets differ from them: cell networks on ImageNet are trained as in DARTS' mobile setting, hand-crafted
 * networks as in He et al., "Deep residual learning", sections 4.2 (64,000 steps) and 3.4, without what the paper keeps
 * for cell networks (section 4: cutout for NAS architectures only).
 */
export const TRAIN_SETTINGS = {
  seed: { type: 'integer', min: 0, default: 1234, help: 'everything random follows from it' },
  // 0 for a network that has its own
  channels: {
    type: 'integer',
    min: 0,
    default: 36,
    presets: { imagenetCells: 48, cifar10Networks: 0, imagenetNetworks: 0 },
    help: 'channels of the first cells, C',
  },
  layers: {
    type: 'integer',
    min: 0,
    default: 20,
    presets: { imagenetCells: 14, cifar10Networks: 0, imagenetNetworks: 0 },
    help: 'cells',
  },
  // 0: that of the images
  imageSize: {
    type: 'integer',
    min: 0,
    default: 0,
    presets: { imagenetCells: 224, imagenetNetworks: 224 },
    help: `${IMAGE_SIZE_IN_WORDS}: 0`,
  },
  batch: {
    type: 'integer',
    min: 1,
    default: 96,
    presets: { imagenetCells: 128, cifar10Networks: 128, imagenetNetworks: 256 },
    help: 'images a step',
  },
  epochs: {
    type: 'integer',
    min: 1,
    default: 600,
    presets: { imagenetCells: 250, cifar10Networks: 164, imagenetNetworks: 90 },
    help: 'passes over the training images',
  },
  maxSteps: {
    type: 'integer',
    min: 0,
    default: 0,
    help: 'at most this many steps in an epoch; 0 for all the images',
  },
  lr: {
    type: 'number',
    min: 0,
    default: 0.025,
    presets: { imagenetCells: 0.1, cifar10Networks: 0.1, imagenetNetworks: 0.1 },
    help: 'learning rate at first',
  },
  schedule: {
    type: 'string',
    choices: ['cosine', 'step', 'drops'],
    default: 'cosine',
    presets: { imagenetCells: 'step', cifar10Networks: 'drops', imagenetNetworks: 'step' },
    help:
      'how it falls: cosine to --lr-min, times --decay every --decay-every epochs, or times --decay at half and at ' +
      'three quarters of the epochs',
  },
  lrMin: { type: 'number', min: 0, default: 0, help: 'learning rate at last, for cosine' },
  decay: {
    type: 'number',
    min: 0,
    default: 1,
    presets: { imagenetCells: 0.97, cifar10Networks: 0.1, imagenetNetworks: 0.1 },
    help: 'factor of step and drops',
  },
  decayEvery: {
    type: 'integer',
    min: 1,
    default: 1,
    presets: { imagenetNetworks: 30 },
    help: 'epochs between two falls, for step',
  },
  momentum: { type: 'number', min: 0, below: 1, default: 0.9, help: 'of SGD' },
  weightDecay: {
    type: 'number',
    min: 0,
    default: 3e-4,
    presets: { imagenetCells: 3e-5, cifar10Networks: 1e-4, imagenetNetworks: 1e-4 },
    help: 'of all weights',
  },
  clip: {
    type: 'number',
    min: 0,
    default: 5,
    presets: { cifar10Networks: 0, imagenetNetworks: 0 },
    help: 'largest norm of the gradients; 0 for no clipping',
  },
  auxiliary: {
    type: 'number',
    min: 0,
    default: 0.4,
    presets: { cifar10Networks: 0, imagenetNetworks: 0 },
    help: "weight of the auxiliary head's loss; 0 for no such head",
  },
  dropPath: {
    type: 'number',
    min: 0,
    below: 1,
    default: 0.2,
    presets: { imagenetCells: 0, cifar10Networks: 0, imagenetNetworks: 0 },
    help: 'probability of dropping a path at last, growing linearly from 0',
  },
  cutout: {
    type: 'integer',
    min: 0,
    default: 16,
    presets: { imagenetCells: 0, cifar10Networks: 0, imagenetNetworks: 0 },
    help: 'edge of the square that is cut out of an image; 0 for none',
  },
  labelSmoothing: {
    type: 'number',
    min: 0,
    below: 1,
    default: 0,
    presets: { imagenetCells: 0.1 },
    help: 'share of the target that all classes divide',
  },
  colorJitter: {
    type: 'number',
    min: 0,
    below: 1,
    default: 0,
    presets: { imagenetCells: 0.4, imagenetNetworks: 0.4 },
    help: 'change of brightness, contrast and saturation, and half of it of hue',
  },
  // the last epoch is always evaluated
  evalEvery: {
    type: 'integer',
    min: 1,
    default: 1,
    help: 'epochs between two evaluations on the test images',
  },
  logEvery: { type: 'integer', min: 1, default: 50, help: 'steps between two lines of metrics.jsonl' },
  onDamaged: {
    type: 'string',
    choices: ['fail', 'skip'],
    default: 'fail',
    help: 'an image that cannot be decoded ends the training, or is left out',
  },
} as const satisfies SettingTable;

/** How a network is trained. */
export type TrainDefaults = SettingValues<typeof TRAIN_SETTINGS>;

export interface TrainConfig extends TrainDefaults, WithDataset {
  readonly imageSize: number;
  /** Name of the architecture, as asked for. */
  readonly arch: string;
  readonly setting: SettingName;
  /** A data directory, or 'sample'. */
  readonly data: string;
}

/** What a training is done with where nothing else is asked for: by setting, and by the kind of architecture. */
export const DEFAULTS: Readonly<
  Record<SettingName, { readonly cells: TrainDefaults; readonly networks: TrainDefaults }>
> = {
  cifar10: { cells: presetOf(TRAIN_SETTINGS), networks: presetOf(TRAIN_SETTINGS, 'cifar10Networks') },
  imagenet: {
    cells: presetOf(TRAIN_SETTINGS, 'imagenetCells'),
    networks: presetOf(TRAIN_SETTINGS, 'imagenetNetworks'),
  },
};

/** Throws SettingError for the first setting that makes no sense. */
export function checkTrainConfig(config: TrainConfig): void {
  checkValues(TRAIN_SETTINGS, config);
  const fail = (name: keyof TrainDefaults, expected: string) => {
    throw new SettingError(name, `got ${config[name]}, expected ${expected}`);
  };
  if (config.lrMin > config.lr) fail('lrMin', `at most --lr (${config.lr})`);
  if (config.setting === 'cifar10') {
    if (config.colorJitter !== 0) fail('colorJitter', '0: it is for --setting imagenet');
  } else if (config.imageSize < 1) fail('imageSize', '1 or more for --setting imagenet');
}
