// A command line of several commands: finds the command, parses its options, turns errors into one line and an exit code.

import { version } from 'virtual:package';
import type { Platform } from '../../runtime/host/platform.ts';
import { RunError, UserError } from '../../runtime/errors.ts';
import { didYouMean } from '../io/suggest.ts';
import type { Subcommand } from './command.ts';
import { describeFlags, parseFlags } from './flags.ts';

/** Understood by every command. */
const GENERAL = {
  help: { type: 'boolean', help: 'print this help' },
  debug: { type: 'boolean', help: 'print the stack trace of an error' },
} as const;

export interface CommandLine {
  /** What a user types. */
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly Subcommand[];
}

function programHelp({ name: program, summary: about, commands }: CommandLine): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`).join('');
  return `${program} ${version}: ${about}\n\n${program} COMMAND [--help]\n\n${list}`;
}

function commandHelp({ name }: CommandLine, command: Subcommand): string {
  return (
    `${name} ${command.name}: ${command.summary}\n\n` + describeFlags({ ...command.options, ...GENERAL })
  );
}

/** A command's name may be two words: 'data cifar10'. */
const wordsOf = (command: Subcommand): string[] => command.name.split(' ');

async function run(program: CommandLine, platform: Platform): Promise<number> {
  const { commands } = program;
  const { args, terminal } = platform;
  const [name] = args;
  if (name === '--version') {
    terminal.out(`${version}\n`);
    return 0;
  }
  if (name === undefined || name === '--help') {
    terminal.out(programHelp(program));
    return name === undefined ? 2 : 0;
  }
  const command = commands.find((candidate) => wordsOf(candidate).every((word, i) => args[i] === word));
  if (!command) {
    const names = commands.map((candidate) => candidate.name);
    const words = names.some((known) => known.startsWith(`${name} `)) ? 2 : 1;
    const given = args
      .slice(0, words)
      .filter((word) => !word.startsWith('--'))
      .join(' ');
    throw new UserError(
      `unknown command '${given}';${didYouMean(given, names) || ` expected one of ${names.join(', ')}`}`,
    );
  }
  const rest = args.slice(wordsOf(command).length);
  if (rest.includes('--help')) {
    terminal.out(commandHelp(program, command));
    return 0;
  }
  const options = parseFlags({ ...command.options, ...GENERAL }, rest);
  return (await command.run(platform, options)) ?? 0;
}

/** Runs the program; resolves to its exit code. */
export async function runCommands(program: CommandLine, platform: Platform): Promise<number> {
  try {
    return await run(program, platform);
  } catch (error) {
    const expected = error instanceof UserError || error instanceof RunError;
    const message = error instanceof Error ? error.message : String(error);
    if (platform.args.includes('--debug') && error instanceof Error) {
      platform.terminal.err(`${error.stack}\n`);
    } else if (expected) {
      platform.terminal.err(`error: ${message}\n`);
    } else {
      platform.terminal.err(`internal error: ${message}; --debug shows where it comes from\n`);
    }
    return expected ? error.exitCode : 1;
  }
}
