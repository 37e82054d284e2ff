// The two kinds of error a user meets. Both carry one line: what is wrong, got, expected, what to do.
// The command line prints that line and exits with `exitCode`; a stack trace only appears with --debug.

/** Characters of a word and of a whole message; what a message quotes may be a file's contents. */
const LONGEST = { word: 300, message: 2000 };

/** Control characters, line and paragraph separators, and those that turn the direction of writing. */
const INVISIBLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/gu;

/** The middle of what is too long left out. Whole characters stay whole. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = [...text];
  const left = Math.floor(0.6 * longest);
  const right = Math.floor(0.3 * longest);
  return `${characters.slice(0, left).join('')}...${characters.slice(-right).join('')}`;
}

function escaped(character: string): string {
  const usual = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
  return usual ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The text as one line that a terminal can show: what is invisible escaped, what is too long cut. */
export function oneLine(text: string): string {
  const line = text.replace(INVISIBLE, escaped).replace(/\S+/g, (word) => shortened(word, LONGEST.word));
  return shortened(line, LONGEST.message);
}

/** An error whose message is one line, whatever it quotes. */
class OneLineError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options);
  }
}

/** The user's mistake: a flag, file, genotype or setting that cannot be used as given. Exit code 2. */
export class UserError extends OneLineError {
  override name = 'UserError';
  readonly exitCode = 2;
}

/** What was asked for does not fit the adapter: a buffer or a binding larger than it allows. */
export class LimitError extends UserError {
  override name = 'LimitError';

  /** @param label of the buffer that is too large */
  constructor(
    message: string,
    readonly label: string,
  ) {
    super(message);
  }
}

/** Tensors or attributes that do not fit an operation, or layers that do not fit together. */
export class ShapeError extends UserError {
  override name = 'ShapeError';
}

/** A failure that is not the user's mistake: lost device, full disk, NaN in training. Exit code 1. */
export class RunError extends OneLineError {
  override name = 'RunError';
  readonly exitCode = 1;
}

/** The GPU has no memory left for a buffer. */
export class OutOfMemoryError extends RunError {
  override name = 'OutOfMemoryError';
}

/** The GPU went away: reset by its driver, removed, or given back by `destroy`. What it computed is gone, too. */
export class DeviceLostError extends RunError {
  override name = 'DeviceLostError';
}

/** A store that many machines share cannot be read or written: it may be full, or out of reach. */
export class StoreError extends RunError {
  override name = 'StoreError';
}
