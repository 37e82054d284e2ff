// Options of the command line: declared once per command as a table, parsed into typed values. help.ts prints the same
// table, completion.ts offers it to shells.

import { UserError } from '../../runtime/errors.ts';
import { didYouMean } from '../io/suggest.ts';
import {
  expectation,
  flagName,
  type NumberSetting,
  type SwitchSetting,
  type TextSetting,
  type ValueOf,
} from '../settings/setting.ts';

/** What was given on the command line, by name. */
export type Given = Readonly<Record<string, string | number | boolean>>;

interface Shown {
  /** What it is unless given, where that depends on the other options; for --help. */
  readonly usual?: (given: Given) => string | number | boolean | undefined;
}

interface TextOption extends TextSetting, Shown {
  readonly default?: string;
  /** Values that a shell offers; others are allowed. */
  readonly suggestions?: readonly string[];
  /** An option that must be given. */
  readonly required?: true;
  /** Given by its place, as an argument without a flag; several are given in the table's order. */
  readonly positional?: true;
}

interface NumberOption extends NumberSetting, Shown {
  readonly default?: number;
  readonly required?: true;
}

interface SwitchOption extends SwitchSetting, Shown {}

export type OptionSpec = TextOption | NumberOption | SwitchOption;

/** camelCase name -> option; on the command line `maxSteps` is written --max-steps. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** What a table parses to: an option without a default that was not given is undefined, a switch false. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends
    SwitchSetting | { readonly required: true } | { readonly default: string | number }
    ? ValueOf<T[K]>
    : ValueOf<T[K]> | undefined;
};

/** Parses `--name value`, `--name=value` and `--switch`. Throws UserError naming the flag, and the nearest known one. */
export function parseFlags<const T extends OptionTable>(table: T, args: readonly string[]): OptionValues<T> {
  const given = readFlags(table, args);
  const values: Record<string, string | number | boolean | undefined> = {};
  for (const [name, option] of Object.entries(table)) {
    if (option.type !== 'boolean' && option.required && !(name in given)) {
      const what = isPositional(option) ? placeholder(option) : flagName(name);
      throw new UserError(`${what} is missing: ${usage(name, option)}, ${option.help}`);
    }
    values[name] = given[name] ?? (option.type === 'boolean' ? false : option.default);
  }
  return values as OptionValues<T>;
}

/** What the arguments give, whether or not anything is missing. Throws UserError as `parseFlags` does. */
export function readFlags(table: OptionTable, args: readonly string[]): Given {
  const flags = Object.entries(table).filter(([, option]) => !isPositional(option));
  const names = new Map(flags.map(([name]) => [flagName(name), name]));
  const places = Object.keys(table).filter((name) => isPositional(table[name]!));
  const given: Record<string, string | number | boolean> = {};
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (!arg.startsWith('--')) {
      if (places.length === 0) throw new UserError(`unexpected argument '${arg}'; options start with --`);
      const place = places.find((candidate) => !(candidate in given));
      if (place === undefined) {
        const taken = places.map((candidate) => given[candidate]).join(' ');
        throw new UserError(`unexpected argument '${arg}'; ${taken} is there already`);
      }
      const option = table[place] as TextOption;
      given[place] = parseValue(placeholder(option), option, arg);
      continue;
    }
    const equals = arg.indexOf('=');
    const flag = equals < 0 ? arg : arg.slice(0, equals);
    const name = names.get(flag);
    const option = name === undefined ? undefined : table[name];
    if (name === undefined || option === undefined) {
      throw new UserError(
        `unknown option ${flag};${didYouMean(flag, names.keys()) || ' see --help for those there are'}`,
      );
    }
    if (name in given) throw new UserError(`${flag} is given twice; give it once`);
    if (option.type === 'boolean') {
      if (equals >= 0) throw new UserError(`${flag} takes no value, got '${arg.slice(equals + 1)}'`);
      given[name] = true;
      continue;
    }
    const text = equals < 0 ? args[++i] : arg.slice(equals + 1);
    if (text === undefined || (equals < 0 && text.startsWith('--'))) {
      throw new UserError(`${flag} needs a value: ${flag} ${placeholder(option)}`);
    }
    given[name] = parseValue(flag, option, text);
  }
  return given;
}

function parseValue(flag: string, option: TextOption | NumberOption, text: string): string | number {
  const number = text.trim() === '' ? NaN : Number(text);
  const isText = option.type === 'string' || !Number.isFinite(number);
  const value = isText ? text : number;
  const expected = expectation(option, value);
  if (expected === null) return value;
  const hint = option.type === 'string' && option.choices ? `;${didYouMean(text, option.choices)}` : '';
  throw new UserError(`${flag}: got ${isText ? `'${text}'` : text}, expected ${expected}${hint}`);
}

/** What stands for the value in --help; choices stand for themselves where there are few. */
export function placeholder(option: OptionSpec): string {
  if (option.type === 'boolean') return '';
  if (option.type !== 'string') return 'N';
  return option.placeholder ?? (listsChoices(option) ? option.choices!.join('|') : 'NAME');
}

/** Characters of choices that --help shows in place of the value. */
const FEW_CHOICES = 20;

/** Whether the placeholder lists the choices. */
export const listsChoices = (option: OptionSpec): boolean =>
  option.type === 'string' && !!option.choices && option.choices.join('|').length <= FEW_CHOICES;

export const isPositional = (option: OptionSpec): boolean =>
  option.type === 'string' && option.positional === true;

/** '--out DIR', or 'FILE.json' for one that is given by its place. */
export const usage = (name: string, option: OptionSpec): string =>
  `${isPositional(option) ? '' : flagName(name)} ${placeholder(option)}`.trim();
