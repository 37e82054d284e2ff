// In what order an epoch sees its images. Everything follows from the seed, the epoch and the step alone, so a
// resumed run needs no generator's state.
import { createRng } from '../core/rng.ts';

/** Random words that the shuffle of an epoch may draw before it reaches those of the next. */
const WORDS_PER_EPOCH = 2 ** 26;

/** The order in which an epoch sees a part of the images. */
export function epochOrder(
  part: Int32Array<ArrayBuffer>,
  seed: number,
  stream: number,
  epoch: number,
): Int32Array<ArrayBuffer> {
  const order = part.slice();
  createRng(seed, stream, epoch * WORDS_PER_EPOCH).shuffle(order);
  return order;
}

/** Steps that an epoch makes over a part: whole batches only, at most `maxSteps` if that is not 0. */
export function stepsPerEpoch(images: number, batch: number, maxSteps: number): number {
  const whole = Math.floor(images / batch);
  return maxSteps > 0 ? Math.min(whole, maxSteps) : whole;
}
