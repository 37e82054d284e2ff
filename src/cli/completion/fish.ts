// Completion for fish 3 or newer.
import type { Offer, Offers } from './offers.ts';

/** A text in single quotes: fish knows two escapes in them. */
const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

/** Options of `complete` for a value. */
function valueOf({ values, paths }: Offer): string {
  const words = values.join(' ');
  if (paths === 'files') return `-r -F${words === '' ? '' : ` -a ${quoted(words)}`}`;
  if (paths === 'folders') return `-x -a ${quoted(`${words} (__fish_complete_directories)`.trim())}`;
  return words === '' ? '-x' : `-x -a ${quoted(words)}`;
}

export function fishScript({ program, commands, first, second }: Offers): string {
  const at = (words: readonly string[]): string =>
    `complete -c ${program} -n ${quoted(['__nat_at', ...words].join(' '))}`;
  const within = (words: readonly string[]): string =>
    `complete -c ${program} -n ${quoted(['__nat_within', ...words].join(' '))}`;
  const lines = [
    ...first.map(({ word, help }) => `${at([])} -a ${word} -d ${quoted(help)}`),
    ...[...second].flatMap(([word, list]) =>
      list.map((next) => `${at([word])} -a ${next.word} -d ${quoted(next.help)}`),
    ),
    ...commands.flatMap(({ words, options }) =>
      options.map((option) => {
        const { flag, isSwitch, help } = option;
        if (flag === null) return `${within(words)} ${valueOf(option).replace(/^-[rx] /, '')}`;
        const value = isSwitch ? '' : ` ${valueOf(option)}`;
        return `${within(words)} -l ${flag.slice(2)}${value} -d ${quoted(help)}`;
      }),
    ),
  ];
  return `# Completion of ${program} for fish. For this shell: ${program} completion fish | source

# The words typed before this one, without the program and 'help'.
function __nat_typed
    set -l typed (commandline -opc)
    set -e typed[1]
    test "$typed[1]" = help; and set -e typed[1]
    printf '%s\\n' $typed
end

# Whether exactly these words were typed.
function __nat_at
    test "$(string join -- ' ' (__nat_typed))" = "$argv"
end

# Whether these words were typed first.
function __nat_within
    string match -q -- "$argv *" "$(string join -- ' ' (__nat_typed)) "
end

complete -c ${program} -f
${lines.join('\n')}
`;
}
