// What changes over a run: learning rates by epoch, and what falls by the step.
import { cosine } from '../core/math.ts';

/** Cosine annealing from `lr` at epoch 0 to `minimum` at epoch `epochs` (Loshchilov and Hutter, SGDR, equation 5). */
export function cosineLearningRate(lr: number, minimum: number, epoch: number, epochs: number): number {
  return minimum + ((lr - minimum) * (1 + cosine((Math.PI * epoch) / epochs))) / 2;
}

/** From `first` at step 0 in equal steps to `last` at the last of so many steps. */
export const linear = (first: number, last: number, step: number, steps: number): number =>
  steps > 1 ? first + ((last - first) * step) / (steps - 1) : first;
