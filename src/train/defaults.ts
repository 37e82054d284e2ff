// What a training is done with where nothing else is asked for: by setting, and by the kind of architecture.
import type { SettingName } from '../networks/macro_setting.ts';
import type { TrainConfig } from './config.ts';

export type Defaults = Omit<TrainConfig, 'arch' | 'setting' | 'data'>;

/** Cell networks on CIFAR-10: DARTS, "Architecture evaluation" (section 3.2), which the paper follows. */
const CIFAR10_CELLS: Defaults = {
  seed: 1234,
  channels: 36,
  layers: 20,
  imageSize: 32,
  batch: 96,
  epochs: 600,
  maxSteps: 0,
  lr: 0.025,
  schedule: 'cosine',
  lrMin: 0,
  decay: 1,
  decayEvery: 1,
  momentum: 0.9,
  weightDecay: 3e-4,
  clip: 5,
  auxiliary: 0.4,
  dropPath: 0.2,
  cutout: 16,
  labelSmoothing: 0,
  colorJitter: 0,
  evalEvery: 1,
  logEvery: 50,
  onDamaged: 'fail',
};

/** Cell networks on ImageNet: DARTS, mobile setting. */
const IMAGENET_CELLS: Defaults = {
  ...CIFAR10_CELLS,
  channels: 48,
  layers: 14,
  imageSize: 224,
  batch: 128,
  epochs: 250,
  lr: 0.1,
  schedule: 'step',
  decay: 0.97,
  weightDecay: 3e-5,
  dropPath: 0,
  cutout: 0,
  labelSmoothing: 0.1,
  colorJitter: 0.4,
};

/** What only cell networks are trained with (the paper, section 4: cutout for NAS architectures only). */
const PLAIN = { channels: 0, layers: 0, clip: 0, auxiliary: 0, dropPath: 0, cutout: 0 } as const;

/** Hand-crafted networks: He et al., "Deep residual learning", sections 4.2 (64,000 steps) and 3.4. */
const CIFAR10_NETWORKS: Defaults = {
  ...CIFAR10_CELLS,
  ...PLAIN,
  batch: 128,
  epochs: 164,
  lr: 0.1,
  schedule: 'drops',
  decay: 0.1,
  weightDecay: 1e-4,
};

const IMAGENET_NETWORKS: Defaults = {
  ...IMAGENET_CELLS,
  ...PLAIN,
  batch: 256,
  epochs: 90,
  lr: 0.1,
  schedule: 'step',
  decay: 0.1,
  decayEvery: 30,
  weightDecay: 1e-4,
  labelSmoothing: 0,
};

export const DEFAULTS: Readonly<
  Record<SettingName, { readonly cells: Defaults; readonly networks: Defaults }>
> = {
  cifar10: { cells: CIFAR10_CELLS, networks: CIFAR10_NETWORKS },
  imagenet: { cells: IMAGENET_CELLS, networks: IMAGENET_NETWORKS },
};
