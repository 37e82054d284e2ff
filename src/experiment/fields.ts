// Reading the fields of an experiment file: whatever is wrong becomes one line that names the field, what it is and
// what it should be.
import { UserError } from '../../runtime/errors.ts';
import type { JsonObject } from '../io/json.ts';
import { didYouMean } from '../io/suggest.ts';

/** A value as a message shows it. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

export const mismatch = (label: string, value: unknown, expected: string): UserError =>
  new UserError(`${label}: got ${shown(value)}, expected ${expected}`);

/** An object with no fields but the known ones. */
export function readObject(value: unknown, known: readonly string[], label: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw mismatch(label, value, `an object with ${known.join(', ')}`);
  }
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, known) || ` expected one of ${known.join(', ')}`;
    throw new UserError(`${label}: '${unknown}' is not a known field;${hint}`);
  }
  return value as JsonObject;
}

export function readText(value: unknown, label: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw mismatch(label, value, 'a text');
  return value;
}

export function readChoice<const T extends string>(value: unknown, choices: readonly T[], label: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw mismatch(label, value, `one of ${choices.join(', ')}`);
  return found;
}

export function readWhole(value: unknown, min: number, label: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < min) {
    throw mismatch(label, value, `a whole number of ${min} or more`);
  }
  return value as number;
}

/** A list with something in it, read one by one. */
export function readList<T>(
  value: unknown,
  what: string,
  label: string,
  read: (item: unknown, label: string) => T,
): T[] {
  if (!Array.isArray(value) || value.length === 0) throw mismatch(label, value, `a list of ${what}`);
  return (value as unknown[]).map((item, i) => read(item, `${label}[${i}]`));
}

export function refuseRepeats(items: readonly (string | number)[], label: string): void {
  const repeated = items.find((item, i) => items.indexOf(item) !== i);
  if (repeated !== undefined) {
    throw new UserError(`${label}: got ${shown(repeated)} twice, expected no repetition`);
  }
}

type Settings = Readonly<Record<string, string | number | boolean>>;

/**
 * Some settings of a list: those whose default is a number take numbers, and so on.
 * @param choices the values that a setting of words may have
 */
export function readSettings(
  value: unknown,
  defaults: Settings,
  choices: Readonly<Record<string, readonly string[]>>,
  label: string,
): Settings {
  const fields = readObject(value, Object.keys(defaults), label);
  for (const [key, given] of Object.entries(fields)) {
    const where = `${label}.${key}`;
    if (choices[key]) readChoice(given, choices[key], where);
    const type = typeof defaults[key];
    if (typeof given !== type) throw mismatch(where, given, `a ${type === 'string' ? 'text' : type}`);
  }
  return fields as Settings;
}

/** Runs a check whose errors name options of the command line, and names the field of the file instead. */
export function checkedAs<T>(label: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const camelCase = (_: string, letter: string): string => letter.toUpperCase();
    const field = /^--([a-z-]+): /.exec(error.message);
    throw new UserError(
      field
        ? `${label}.${field[1]!.replace(/-(.)/g, camelCase)}: ${error.message.slice(field[0].length)}`
        : `${label}: ${error.message}`,
    );
  }
}
