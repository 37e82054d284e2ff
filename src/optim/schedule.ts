// Learning rates by epoch.
import { cosine } from '../core/math.ts';

/** Cosine annealing from `lr` at epoch 0 to `minimum` at epoch `epochs` (Loshchilov and Hutter, SGDR, equation 5). */
export function cosineLearningRate(lr: number, minimum: number, epoch: number, epochs: number): number {
  return minimum + ((lr - minimum) * (1 + cosine((Math.PI * epoch) / epochs))) / 2;
}
