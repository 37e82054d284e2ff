// Commands as the user types them: in examples, in hints how to go on, and in what may come next.
import type { Platform } from '../../runtime/host/platform.ts';
import { styleOf } from './layout.ts';

/** A word for the shell: quoted where it would mean something else. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The whole command line of some arguments. */
export const commandLine = (
  { program = 'nat' }: Partial<Pick<Platform, 'program'>>,
  args: readonly string[],
): string => [program, ...args.map(shellWord)].join(' ');

/** The command that goes on with an interrupted run: the same, with a switch more where it lacks it. */
export function commandAgain({ args, ...platform }: Pick<Platform, 'args' | 'program'>, more = ''): string {
  const missing = more !== '' && !args.includes(more);
  return `go on with: ${commandLine(platform, missing ? [...args, more] : args)}`;
}

/** A command that may come next, and what it does. */
export type NextStep = readonly [args: readonly string[], does: string];

/** Says on standard error what may come next; nothing where a program reads the result, or nobody wants to know. */
export function suggest(platform: Platform, options: { json?: boolean }, steps: readonly NextStep[]): void {
  const { terminal } = platform;
  if (options.json || terminal.quiet) return;
  const { dim } = styleOf(terminal.screens?.err);
  for (const [args, does] of steps) {
    terminal.err(`${dim('next:')} ${commandLine(platform, args)} ${dim(`# ${does}`)}\n`);
  }
}
