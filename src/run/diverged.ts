// Numbers that are not finite end a run; the line about it is the same everywhere.
import { RunError } from '../../runtime/errors.ts';

/**
 * @param what of whom which numbers are wrong: 'training diverged: the loss is NaN'
 * @param remedy what to change: 'a smaller --lr (now 0.1)'
 */
export const diverged = (what: string, remedy: string): RunError =>
  new RunError(
    `${what}; the last checkpoint is kept: start again in another folder with ${remedy}, ` +
      'or go on with --resume --check-numerics to see where it begins',
  );
