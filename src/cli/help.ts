// What --help prints: made of the same tables that the arguments are parsed by.
import { flagName } from '../settings/setting.ts';
import type { Subcommand } from './command.ts';
import { type Given, isPositional, listsChoices, type OptionSpec, type OptionTable, usage } from './flags.ts';
import { type Style, twoColumns } from './layout.ts';

/** How wide the help may be, and how it stands out. */
export interface HelpLayout {
  readonly width: number;
  readonly style: Style;
}

/**
 * The lines of a table, one option each.
 * @param given what else is given: defaults may depend on it
 */
export function describeFlags(table: OptionTable, given: Given, width: number): string {
  const rows = Object.entries(table).map(
    ([name, option]) => [usage(name, option), describe(option, given)] as const,
  );
  return twoColumns(rows, width);
}

/** What it is for, its choices where they are not to the left, and its value unless given. */
function describe(option: OptionSpec, given: Given): string {
  const { help, usual = () => (option.type === 'boolean' ? undefined : option.default) } = option;
  const choices = option.type === 'string' && !listsChoices(option) ? option.choices : undefined;
  const value = usual(given);
  return (
    help +
    (choices ? `; one of ${choices.join(', ')}` : '') +
    (value === undefined || value === false ? '' : ` (${value})`)
  );
}

/** A command: how it is called, its options, examples. */
export function commandHelp(
  program: string,
  command: Subcommand,
  general: OptionTable,
  given: Given,
  { width, style: { bold } }: HelpLayout,
): string {
  const { name, summary, options, examples = [] } = command;
  const needed = Object.entries(options).filter(
    ([, option]) => isPositional(option) || ('required' in option && option.required),
  );
  const words = needed.map(([key, option]) => {
    const text = usage(key, option);
    return 'required' in option && option.required ? text : `[${text}]`;
  });
  const call = [program, name, ...words, '[OPTIONS]'].join(' ');
  const title = (text: string): string => `\n${bold(text)}\n`;
  const calls = examples.map(
    ([args, does]) => `  ${[program, name, args].join(' ').trim()}\n      ${does}\n`,
  );
  return (
    `${bold(`${program} ${name}`)}: ${summary}\n\n  ${call}\n` +
    (Object.keys(options).length > 0 ? title('Options') + describeFlags(options, given, width) : '') +
    title('General options') +
    describeFlags(general, given, width) +
    (calls.length > 0 ? title('Examples') + calls.join('') : '')
  );
}

/** All commands, and how to learn more. */
export function programHelp(
  program: { name: string; summary: string; commands: readonly Subcommand[] },
  version: string,
  { width, style: { bold } }: HelpLayout,
): string {
  const { name, summary, commands } = program;
  const rows = commands.map((command) => [command.name, command.summary] as const);
  const help = flagName('help');
  return (
    `${bold(name)} ${version}: ${summary}\n\n  ${name} COMMAND [OPTIONS]\n\n${bold('Commands')}\n` +
    `${twoColumns(rows, width)}\n${name} COMMAND ${help} tells a command's options, with examples.\n`
  );
}
