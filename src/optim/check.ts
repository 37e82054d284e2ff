// What an optimizer may be set to.
import { UserError } from '../../runtime/errors.ts';

/** A setting's range, in words and as a test; numbers that are not finite are in none. */
interface Range {
  readonly words: string;
  readonly holds: (value: number) => boolean;
}

const POSITIVE: Range = { words: 'more than 0', holds: (value) => value > 0 };
const NOT_NEGATIVE: Range = { words: '0 or more', holds: (value) => value >= 0 };
const SHARE: Range = { words: '0 or more and less than 1', holds: (value) => value >= 0 && value < 1 };

const RANGES = {
  lr: NOT_NEGATIVE,
  momentum: SHARE,
  beta1: SHARE,
  beta2: SHARE,
  eps: POSITIVE,
  weightDecay: NOT_NEGATIVE,
  maxNorm: POSITIVE,
} as const satisfies Readonly<Record<string, Range>>;

/**
 * Throws UserError for the first setting that is outside of its range; those that are undefined are not set.
 * @param optimizer for the message
 */
export function checkOptimizer(
  optimizer: string,
  settings: Readonly<Partial<Record<keyof typeof RANGES, number | undefined>>>,
): void {
  for (const [name, value] of Object.entries(settings)) {
    const { words, holds } = RANGES[name as keyof typeof RANGES];
    if (value !== undefined && !(Number.isFinite(value) && holds(value))) {
      throw new UserError(`${optimizer}: got ${name} ${value}, expected ${words}`);
    }
  }
}
