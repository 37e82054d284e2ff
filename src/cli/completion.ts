// `nat completion`: the script by which a shell completes commands, options and their values.
import { defineCommand, GENERAL_OPTIONS, type Subcommand } from './command.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { offersOf } from './completion/offers.ts';
import { zshScript } from './completion/zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** What the installed program is called. */
const PROGRAM = 'nat';

/** @param commands all commands, this one among them */
export const completion = (commands: () => readonly Subcommand[]) =>
  defineCommand({
    name: 'completion',
    summary: 'print the script by which bash, zsh or fish completes commands, options and values',
    options: {
      shell: {
        type: 'string',
        positional: true,
        required: true,
        choices: ['bash', 'zsh', 'fish'],
        help: 'the shell that it is for',
      },
    },
    examples: [
      ['bash > ~/.local/share/bash-completion/completions/nat', 'for every bash to come'],
      ['zsh > ~/.zfunc/_nat', "for every zsh to come, where ~/.zfunc is in 'fpath'"],
      ['fish > ~/.config/fish/completions/nat.fish', 'for every fish to come'],
    ],
    async run({ terminal }, { shell }) {
      terminal.out(SCRIPTS[shell](offersOf(PROGRAM, commands(), GENERAL_OPTIONS)));
    },
  });
