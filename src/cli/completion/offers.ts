// What a shell may offer: made of the same tables as --help.
import { flagName } from '../../settings/setting.ts';
import type { Subcommand } from '../command.ts';
import { isPositional, type OptionSpec, type OptionTable, placeholder } from '../flags.ts';

/** What may stand for a value. */
export interface Offer {
  readonly values: readonly string[];
  readonly paths: 'files' | 'folders' | null;
}

export interface OfferedOption extends Offer {
  readonly name: string;
  /** '--out'; null for what is given by its place. */
  readonly flag: string | null;
  readonly isSwitch: boolean;
  readonly help: string;
}

export interface OfferedCommand {
  readonly words: readonly string[];
  readonly options: readonly OfferedOption[];
}

export interface OfferedWord {
  readonly word: string;
  readonly help: string;
}

export interface Offers {
  /** What is typed for the program. */
  readonly program: string;
  readonly commands: readonly OfferedCommand[];
  /** First words of commands. */
  readonly first: readonly OfferedWord[];
  /** Second words, by the first. */
  readonly second: ReadonlyMap<string, readonly OfferedWord[]>;
}

function offerOf(option: OptionSpec): Offer {
  if (option.type !== 'string') return { values: [], paths: null };
  const text = placeholder(option);
  const paths = text.includes('FILE') ? 'files' : /DIR|RUN/.test(text) ? 'folders' : null;
  // 'nat|nat++|FILE' also says two values
  const named = text.split('|').filter((word) => word === word.toLowerCase());
  return { values: option.choices ?? option.suggestions ?? named, paths };
}

/** @param general options of every command */
export function offersOf(program: string, commands: readonly Subcommand[], general: OptionTable): Offers {
  const first = new Map<string, OfferedWord>();
  const second = new Map<string, OfferedWord[]>();
  const offered = commands.map(({ name, summary, options }): OfferedCommand => {
    const words = name.split(' ');
    const [word, next] = words as [string, string?];
    first.set(word, { word, help: next === undefined ? summary : `${name}, ...` });
    if (next !== undefined) second.set(word, [...(second.get(word) ?? []), { word: next, help: summary }]);
    return {
      words,
      options: Object.entries({ ...options, ...general }).map(([key, option]) => ({
        ...offerOf(option),
        name: key,
        flag: isPositional(option) ? null : flagName(key),
        isSwitch: option.type === 'boolean',
        help: option.help,
      })),
    };
  });
  const help = { word: 'help', help: 'a command, its options, examples' };
  return { program, commands: offered, first: [...first.values(), help], second };
}

/** A text in single quotes, for bash and zsh. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export const nameOf = ({ words }: OfferedCommand): string => words.join(' ');
