// Reading the fields of an experiment file: whatever is wrong becomes one line that names the field, what it is and
// what it should be. A label names a field from the file on: 'experiment file x.json: search'.
import { UserError } from '../../runtime/errors.ts';
import type { JsonObject } from '../io/json.ts';
import { didYouMean } from '../io/suggest.ts';
import { expectation, type Setting, SettingError, type ValueOf } from '../settings/setting.ts';
import type { SettingTable, SettingValues } from '../settings/table.ts';

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

export function readValue<const S extends Setting>(setting: S, value: unknown, label: string): ValueOf<S> {
  const expected = expectation(setting, value);
  if (expected !== null) throw mismatch(label, value, expected);
  return value as ValueOf<S>;
}

const TEXT = { type: 'string', help: '' } as const;

export const readText = (value: unknown, label: string): string => readValue(TEXT, value, label);

export const readChoice = <const T extends string>(value: unknown, choices: readonly T[], label: string): T =>
  readValue({ ...TEXT, choices }, value, label) as T;

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

/** Those settings of a table that an object gives. */
export function readSettings<const T extends SettingTable>(
  table: T,
  fields: JsonObject,
  label: string,
): Partial<SettingValues<T>> {
  const given = Object.entries(table).filter(([name]) => fields[name] !== undefined);
  for (const [name, setting] of given) readValue(setting, fields[name], `${label}.${name}`);
  return Object.fromEntries(given.map(([name]) => [name, fields[name]])) as Partial<SettingValues<T>>;
}

/** Runs a check; a setting that it refuses is named by its place in the file. */
export function checkedAs<T>(label: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw named(label, error);
  }
}

/** The error to throw in place of `error`: a user's mistake names its place in the file. */
export function named(label: string, error: unknown): unknown {
  if (error instanceof SettingError) return new UserError(`${label}.${error.setting}: ${error.problem}`);
  return error instanceof UserError ? new UserError(`${label}: ${error.message}`) : error;
}
