// Which training images train w and which train theta, and in what order an epoch sees them. Everything follows
// from the seed, the epoch and the step alone, so a resumed run needs no generator's state.
import { UserError } from '../errors.ts';
import { createRng, type Rng, STREAM } from '../rng.ts';

/** Random words that one step may draw from a stream before it reaches those of the next. */
const WORDS_PER_STEP = 2 ** 16;
/** Likewise for an epoch's shuffle. */
const WORDS_PER_EPOCH = 2 ** 26;

/** A stream's numbers for one step. */
export const stepRng = (seed: number, stream: number, step: number): Rng =>
  createRng(seed, stream, step * WORDS_PER_STEP);

export interface Splits {
  /** Indices of the images that train w. */
  readonly weights: Int32Array<ArrayBuffer>;
  /** Indices of the images that train theta and choose among candidates. */
  readonly policy: Int32Array<ArrayBuffer>;
}

/**
 * Splits `count` images at random.
 * Throws UserError where a part is smaller than a batch.
 */
export function splitImages(count: number, fraction: number, batch: number, seed: number): Splits {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  createRng(seed, STREAM.split).shuffle(order);
  const border = Math.floor(count * fraction);
  const splits = { weights: order.slice(0, border), policy: order.slice(border) };
  for (const [name, part] of Object.entries(splits)) {
    if (part.length < batch) {
      throw new UserError(
        `--batch: got ${batch}, but the ${name} part has ${part.length} of ${count} images; ` +
          `use --batch ${part.length} or less, or another --train-fraction`,
      );
    }
  }
  return splits;
}

/** The order in which an epoch sees a part. */
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
