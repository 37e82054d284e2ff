// Optimizers and schedules as fit takes them: settings, and how they are recorded over the weights of a network.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import type { Step } from '../core/step.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { checkOptimizer } from '../optim/check.ts';
import { recordAdam } from '../optim/adam.ts';
import { cosineLearningRate } from '../optim/schedule.ts';
import { recordSgd } from '../optim/sgd.ts';

export interface RecordedOptimizer {
  /** What it remembers from step to step, by name: part of a checkpoint. */
  readonly state: Readonly<Record<string, Region>>;
  /** One update of all weights; `number` counts them from 1. */
  step(lr: number, number: number): Step;
}

/** A way from gradients to new weights; `sgd()` and `adam()` make one. */
export interface Optimizer {
  /** Learning rate, before the schedule. */
  readonly lr: number;
  /** Everything that it is set to; a checkpoint of other settings is refused. */
  readonly settings: Readonly<Record<string, number | string | boolean | undefined>>;
  record(engine: Engine, weights: ParameterStore<true>): RecordedOptimizer;
}

/** Settings of `sgd`. */
export interface SgdSettings {
  /** Learning rate; 0.1 unless given. */
  readonly lr?: number;
  /** 0.9 unless given. */
  readonly momentum?: number;
  /** Takes the step from where momentum would lead; false unless given. */
  readonly nesterov?: boolean;
  /** Added to the gradient, times the weight; 0 unless given. */
  readonly weightDecay?: number;
  /** Scales the gradients down to this norm where theirs is larger; no clipping unless given. */
  readonly maxNorm?: number;
}

/** Stochastic gradient descent, as torch.optim.SGD. Throws UserError for settings that cannot be. */
export function sgd({
  lr = 0.1,
  momentum = 0.9,
  nesterov = false,
  weightDecay = 0,
  maxNorm,
}: SgdSettings = {}): Optimizer {
  checkOptimizer('sgd', { lr, momentum, weightDecay, maxNorm });
  const clip: { readonly maxNorm?: number } = maxNorm === undefined ? {} : { maxNorm };
  return {
    lr,
    settings: { name: 'sgd', lr, momentum, nesterov, weightDecay, ...clip },
    record(engine, weights) {
      const { velocity, step } = recordSgd(engine, weights, { momentum, nesterov, weightDecay, ...clip });
      return { state: { velocity }, step };
    },
  };
}

/** Settings of `adam`. */
export interface AdamSettings {
  /** Learning rate; 0.001 unless given. */
  readonly lr?: number;
  /** 0.9 and 0.999 unless given. */
  readonly betas?: readonly [number, number];
  /** 1e-8 unless given. */
  readonly eps?: number;
  /** Added to the gradient, times the weight; 0 unless given. */
  readonly weightDecay?: number;
  /** Scales the gradients down to this norm where theirs is larger; no clipping unless given. */
  readonly maxNorm?: number;
}

/** Adam (Kingma and Ba), as torch.optim.Adam. Throws UserError for settings that cannot be. */
export function adam(settings: AdamSettings = {}): Optimizer {
  const { lr = 1e-3, betas = [0.9, 0.999], eps = 1e-8, weightDecay = 0, maxNorm } = settings;
  const [beta1, beta2] = betas;
  checkOptimizer('adam', { lr, beta1, beta2, eps, weightDecay, maxNorm });
  const clip: { readonly maxNorm?: number } = maxNorm === undefined ? {} : { maxNorm };
  return {
    lr,
    settings: { name: 'adam', lr, beta1, beta2, eps, weightDecay, ...clip },
    record(engine, weights) {
      const { moments, step } = recordAdam(engine, weights, { betas, eps, weightDecay, ...clip });
      return { state: { moments1: moments[0], moments2: moments[1] }, step };
    },
  };
}

/**
 * What the learning rate is multiplied by.
 * @param epoch from 0; between two whole numbers inside of an epoch, where its length is known
 */
export type Schedule = (epoch: number, epochs: number) => number;

/** The learning rate stays as it is. */
export const constant: Schedule = () => 1;

/** From 1 along half a cosine to `last`; 0 unless given (Loshchilov and Hutter, SGDR, equation 5). */
export const cosine =
  (last = 0): Schedule =>
  (epoch, epochs) =>
    cosineLearningRate(1, last, epoch, epochs);
