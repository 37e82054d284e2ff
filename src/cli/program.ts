// A command line of several commands: finds the command, parses its options, turns errors into one line and an exit code.

import { version } from 'virtual:package';
import type { Platform } from '../../runtime/host/platform.ts';
import { oneLine, RunError, UserError } from '../../runtime/errors.ts';
import { didYouMean } from '../io/suggest.ts';
import { GENERAL_OPTIONS, type Subcommand } from './command.ts';
import { type Given, parseFlags, readFlags } from './flags.ts';
import { commandHelp, type HelpLayout, programHelp } from './help.ts';
import { styleOf, textWidth } from './layout.ts';

export interface CommandLine {
  /** What a user types. */
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Subcommand[];
}

/** A command's name may be two words: 'data cifar10'. */
const wordsOf = (command: Subcommand): string[] => command.name.split(' ');

/** The command whose name the arguments begin with. Throws UserError where there is none. */
function requireCommand(commands: readonly Subcommand[], args: readonly string[]): Subcommand {
  const command = commands.find((candidate) => wordsOf(candidate).every((word, i) => args[i] === word));
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  const words = names.some((known) => known.startsWith(`${args[0]} `)) ? 2 : 1;
  const given = args
    .slice(0, words)
    .filter((word) => !word.startsWith('-'))
    .join(' ');
  throw new UserError(
    `unknown command '${given}';${didYouMean(given, names) || ` expected one of ${names.join(', ')}`}`,
  );
}

const asksForHelp = (arg: string): boolean => arg === '--help' || arg === '-h';

/** What a question for help gives besides: defaults follow from it. Nothing where it cannot be read. */
function givenBesides(command: Subcommand, args: readonly string[]): Given {
  try {
    return readFlags(
      { ...command.options, ...GENERAL_OPTIONS },
      args.filter((arg) => !asksForHelp(arg)),
    );
  } catch (error) {
    if (error instanceof UserError) return {};
    throw error;
  }
}

async function run(program: CommandLine, platform: Platform): Promise<number> {
  const { commands } = program;
  const { terminal } = platform;
  const screen = terminal.screens?.out;
  const layout: HelpLayout = { width: textWidth(screen), style: styleOf(screen) };
  const asked = platform.args[0] === 'help';
  const args = asked ? platform.args.slice(1) : platform.args;
  const [name] = args;
  if (name === '--version') {
    terminal.out(`${version}\n`);
    return 0;
  }
  if (name === undefined || asksForHelp(name)) {
    terminal.out(programHelp(program, version, layout));
    return name === undefined && !asked ? 2 : 0;
  }
  const command = requireCommand(commands, args);
  const rest = args.slice(wordsOf(command).length);
  if (asked || rest.some(asksForHelp)) {
    const given = givenBesides(command, rest);
    terminal.out(commandHelp(program.name, command, GENERAL_OPTIONS, given, layout));
    return 0;
  }
  const options = parseFlags({ ...command.options, ...GENERAL_OPTIONS }, rest);
  const heard = options['quiet'] ? { ...platform, terminal: { ...terminal, quiet: true } } : platform;
  return (await command.run(heard, options)) ?? 0;
}

/** Runs the program; resolves to its exit code. */
export async function runCommands(program: CommandLine, platform: Platform): Promise<number> {
  try {
    return await run(program, platform);
  } catch (error) {
    const expected = error instanceof UserError || error instanceof RunError;
    const message = oneLine(error instanceof Error ? error.message : String(error));
    const { red } = styleOf(platform.terminal.screens?.err);
    if (platform.args.includes('--debug') && error instanceof Error) {
      platform.terminal.err(`${error.stack}\n`);
    } else if (expected) {
      platform.terminal.err(`${red('error:')} ${message}\n`);
    } else {
      platform.terminal.err(`${red('internal error:')} ${message}; --debug shows where it comes from\n`);
    }
    return expected ? error.exitCode : 1;
  }
}
