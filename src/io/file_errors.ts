// Turns the file errors that a user can mend into one clear line.

import { RunError, UserError } from '../../runtime/errors.ts';

/**
 * The error to throw in place of `error`, met while writing under `path`: the same one where there is nothing
 * to explain. `remedy` says how to go on once there is space again.
 */
export function explainFileError(error: unknown, path: string, remedy: string): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new RunError(`${path}: no space left on the disk; ${remedy}`);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(`${path}: cannot be written (${code}); choose a folder that you may write to`);
    case 'ENOTDIR':
    case 'EEXIST':
      return new UserError(`${path}: a file stands where a folder is needed; choose another path`);
    default:
      return error;
  }
}
