// The two kinds of error a user meets. Both carry one line: what is wrong, got, expected, what to do.
// The command line prints that line and exits with `exitCode`; a stack trace only appears with --debug.

/** The user's mistake: a flag, file, genotype or setting that cannot be used as given. Exit code 2. */
export class UserError extends Error {
  override name = 'UserError';
  readonly exitCode = 2;
}

/** What was asked for does not fit the adapter: a buffer or a binding larger than it allows. */
export class LimitError extends UserError {
  override name = 'LimitError';
}

/** A failure that is not the user's mistake: lost device, full disk, NaN in training. Exit code 1. */
export class RunError extends Error {
  override name = 'RunError';
  readonly exitCode = 1;
}
