// Learning rate and drop-path probability by epoch.
import { cosineLearningRate } from '../optim/schedule.ts';
import type { TrainConfig } from './config.ts';

type ScheduleConfig = Pick<TrainConfig, 'lr' | 'schedule' | 'lrMin' | 'decay' | 'decayEvery' | 'epochs'>;

/**
 * The learning rate of an epoch, counted from 0. 'cosine' falls to lrMin; 'step' is multiplied by decay every
 * decayEvery epochs; 'drops' at a half and at three quarters of the epochs (He et al.).
 */
export function learningRate(config: ScheduleConfig, epoch: number): number {
  const { lr, schedule, lrMin, decay, decayEvery, epochs } = config;
  switch (schedule) {
    case 'cosine':
      return cosineLearningRate(lr, lrMin, epoch, epochs);
    case 'step':
      return lr * repeated(decay, Math.floor(epoch / decayEvery));
    case 'drops':
      return lr * repeated(decay, Number(epoch >= epochs / 2) + Number(epoch >= (3 * epochs) / 4));
    default:
      return schedule satisfies never;
  }
}

/** Probability of keeping a path: 1 at first, falling linearly; 1 - dropPath would be reached after the last epoch. */
export const keepProbability = (config: Pick<TrainConfig, 'dropPath' | 'epochs'>, epoch: number): number =>
  1 - (config.dropPath * epoch) / config.epochs;

/** A power by multiplication: the same bits everywhere. */
function repeated(factor: number, times: number): number {
  let product = 1;
  for (let i = 0; i < times; i++) product *= factor;
  return product;
}
