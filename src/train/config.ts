// The settings of a training from scratch. Every name here is an option of the command line; defaults.ts has the
// papers' values.
import { UserError } from '../../runtime/errors.ts';
import type { SettingName } from '../networks/macro_setting.ts';

export interface TrainConfig {
  /** Name of the architecture, as asked for. */
  readonly arch: string;
  readonly setting: SettingName;
  /** A data directory, or 'sample'. */
  readonly data: string;
  readonly seed: number;
  /** Channels of the first cells, C; 0 for a network that has its own. */
  readonly channels: number;
  /** Cells; 0 for a network that has its own. */
  readonly layers: number;
  /** Height and width of the images that the network sees. */
  readonly imageSize: number;
  readonly batch: number;
  readonly epochs: number;
  /** At most this many steps in an epoch; 0 means all the data. */
  readonly maxSteps: number;
  readonly lr: number;
  /** How the learning rate falls with the epochs: schedule.ts. */
  readonly schedule: 'cosine' | 'step' | 'drops';
  /** Last learning rate of 'cosine'. */
  readonly lrMin: number;
  /** Factor of 'step' and 'drops'. */
  readonly decay: number;
  /** Epochs between two falls of 'step'. */
  readonly decayEvery: number;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Largest norm of all gradients; 0 for no clipping. */
  readonly clip: number;
  /** Weight of the auxiliary head's loss; 0 for no auxiliary head. */
  readonly auxiliary: number;
  /** Probability of dropping a path in the last epoch, growing linearly from 0. */
  readonly dropPath: number;
  /** Edge of the square that is cut out; 0 for none. */
  readonly cutout: number;
  readonly labelSmoothing: number;
  /** Strength of the colour jitter (ImageNet): of brightness, contrast and saturation, and twice that of hue. */
  readonly colorJitter: number;
  /** Epochs between two evaluations; the last epoch is always evaluated. */
  readonly evalEvery: number;
  /** Steps between two lines of metrics.jsonl. */
  readonly logEvery: number;
  /** What a damaged image does (ImageNet). */
  readonly onDamaged: 'fail' | 'skip';
}

const POSITIVE_INTEGERS = ['imageSize', 'batch', 'epochs', 'decayEvery', 'evalEvery', 'logEvery'] as const;
const WHOLE = ['channels', 'layers', 'maxSteps', 'seed', 'cutout'] as const;
const NOT_NEGATIVE = ['lr', 'lrMin', 'decay', 'weightDecay', 'clip', 'auxiliary'] as const;
const BELOW_ONE = ['momentum', 'dropPath', 'labelSmoothing', 'colorJitter'] as const;

/** Throws UserError for the first setting that makes no sense. */
export function checkTrainConfig(config: TrainConfig): void {
  const fail = (name: keyof TrainConfig, expected: string) => {
    throw new UserError(`--${optionName(name)}: got ${config[name]}, expected ${expected}`);
  };
  for (const name of POSITIVE_INTEGERS) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 1) fail(name, 'a positive integer');
  }
  for (const name of WHOLE) {
    if (!Number.isSafeInteger(config[name]) || config[name] < 0) fail(name, 'an integer of 0 or more');
  }
  for (const name of NOT_NEGATIVE) {
    if (!(config[name] >= 0 && config[name] < Infinity)) fail(name, '0 or more');
  }
  for (const name of BELOW_ONE) {
    if (!(config[name] >= 0 && config[name] < 1)) fail(name, 'a number from 0 to below 1');
  }
  if (config.lrMin > config.lr) fail('lrMin', `at most --lr (${config.lr})`);
  if (config.setting === 'cifar10') {
    if (config.imageSize !== 32) fail('imageSize', '32, the size of CIFAR-10 images');
    if (config.colorJitter !== 0) fail('colorJitter', '0: it is for --setting imagenet');
  }
}

/** camelCase -> kebab-case. */
const optionName = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
