// What an optimizer may be set to.
import { UserError } from '../../runtime/errors.ts';

type Setting = 'lr' | 'momentum' | 'beta1' | 'beta2' | 'eps' | 'weightDecay' | 'maxNorm';

/** Settings that 0 is too little for, and settings that 1 is too much for. */
const POSITIVE: readonly string[] = ['eps', 'maxNorm'] satisfies Setting[];
const SHARES: readonly string[] = ['momentum', 'beta1', 'beta2'] satisfies Setting[];

/**
 * Throws UserError for the first setting that is outside of its range, or not finite; those that are undefined are not set.
 * @param optimizer for the message
 */
export function checkOptimizer(
  optimizer: string,
  settings: Readonly<Partial<Record<Setting, number | undefined>>>,
): void {
  for (const [name, value] of Object.entries(settings)) {
    const [positive, share] = [POSITIVE.includes(name), SHARES.includes(name)];
    const most = share ? 1 : Infinity;
    if (value === undefined || ((positive ? value > 0 : value >= 0) && value < most)) continue;
    const range = `${positive ? 'more than 0' : '0 or more'}${share ? ' and less than 1' : ''}`;
    throw new UserError(`${optimizer}: got ${name} ${value}, expected ${range}`);
  }
}
