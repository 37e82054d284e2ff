// The options of a training: one for every setting, whose default depends on setting and architecture.
import type { TrainConfig } from '../train/config.ts';
import { DEFAULTS, type Defaults } from '../train/defaults.ts';
import type { OptionValues } from './flags.ts';

/** What --help shows of a default: that of cell networks on CIFAR-10, and on ImageNet where it is another. */
function shown(name: keyof Defaults): string {
  const [here, there] = [DEFAULTS.cifar10.cells[name], DEFAULTS.imagenet.cells[name]];
  return here === there ? `[${here}]` : `[${here}; imagenet ${there}]`;
}

const number = (name: keyof Defaults, help: string) =>
  ({ type: 'number', help: `${help} ${shown(name)}` }) as const;
const integer = (name: keyof Defaults, help: string) =>
  ({ type: 'integer', help: `${help} ${shown(name)}` }) as const;

export const TRAIN_OPTIONS = {
  seed: integer('seed', 'everything random follows from it'),
  channels: integer('channels', 'channels of the first cells, C'),
  layers: integer('layers', 'cells'),
  imageSize: integer('imageSize', 'height and width of the images that the network sees'),
  batch: integer('batch', 'images a step'),
  epochs: integer('epochs', 'passes over the training images'),
  maxSteps: integer('maxSteps', 'at most this many steps in an epoch; 0 for all the images'),
  lr: number('lr', 'learning rate at first'),
  schedule: {
    type: 'string',
    choices: ['cosine', 'step', 'drops'],
    help:
      'how it falls: cosine to --lr-min, times --decay every --decay-every epochs, or times --decay at half ' +
      `and at three quarters of the epochs ${shown('schedule')}`,
  },
  lrMin: number('lrMin', 'learning rate at last, for cosine'),
  decay: number('decay', 'factor of step and drops'),
  decayEvery: integer('decayEvery', 'epochs between two falls, for step'),
  momentum: number('momentum', 'of SGD'),
  weightDecay: number('weightDecay', 'of all weights'),
  clip: number('clip', 'largest norm of the gradients; 0 for no clipping'),
  auxiliary: number('auxiliary', "weight of the auxiliary head's loss; 0 for no such head"),
  dropPath: number('dropPath', 'probability of dropping a path at last, growing linearly from 0'),
  cutout: integer('cutout', 'edge of the square that is cut out of an image; 0 for none'),
  labelSmoothing: number('labelSmoothing', 'share of the target that all classes divide'),
  colorJitter: number('colorJitter', 'change of brightness, contrast and saturation, and half of it of hue'),
  evalEvery: integer('evalEvery', 'epochs between two evaluations on the test images'),
  logEvery: integer('logEvery', 'steps between two lines of metrics.jsonl'),
  onDamaged: {
    type: 'string',
    choices: ['fail', 'skip'],
    help: `an image that cannot be decoded ends the training, or is left out ${shown('onDamaged')}`,
  },
} as const;

/** The defaults with the given options on top. */
export function trainConfigOf(
  options: OptionValues<typeof TRAIN_OPTIONS>,
  place: Pick<TrainConfig, 'arch' | 'setting' | 'data'>,
  kind: 'cells' | 'networks',
): TrainConfig {
  const defaults = DEFAULTS[place.setting][kind];
  const names = Object.keys(defaults) as (keyof Defaults)[];
  const given = names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]));
  return { ...place, ...defaults, ...Object.fromEntries(given) };
}
