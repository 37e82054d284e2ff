// Completion for zsh.
import { nameOf, type Offer, type OfferedOption, type OfferedWord, type Offers, quoted } from './offers.ts';

const PATHS = { files: '_files', folders: '_files -/' } as const;

/** An action of _arguments. */
function action({ values, paths }: Offer): string {
  if (values.length === 0) return paths ? PATHS[paths] : ' ';
  const words = values.join(' ');
  return paths ? `{ compadd -- ${words}; ${PATHS[paths]} }` : `(${words})`;
}

/** A text where brackets and colons have a meaning. */
const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

/** An argument of _arguments. */
function specification(option: OfferedOption): string {
  const { flag, isSwitch, name, help } = option;
  if (flag === null) return quoted(`:${name}:${action(option)}`);
  return quoted(`${flag}[${escaped(help)}]${isSwitch ? '' : `:${name}:${action(option)}`}`);
}

const describe = (words: readonly OfferedWord[]): string =>
  `offered=(${words.map(({ word, help }) => quoted(`${word}:${escaped(help)}`)).join(' ')})`;

export function zshScript({ program, commands, first, second }: Offers): string {
  const found = commands
    .toSorted((a, b) => b.words.length - a.words.length)
    .map((command) => {
      const name = quoted(nameOf(command));
      const pattern = command.words.length === 1 ? `${name}' '*` : name;
      return `    ${pattern}) command=${name}; last=$(( start + ${command.words.length - 1} )) ;;`;
    });
  const seconds = [...second].map(([word, list]) => `      ${word}) ${describe(list)} ;;`);
  const cases = commands.map((command) => {
    const specifications = command.options.map((option) => ` \\\n      ${specification(option)}`);
    return `    ${quoted(nameOf(command))}) _arguments${specifications.join('')} ;;`;
  });
  return `#compdef ${program}
# Completion of ${program} for zsh. For this shell: source <(${program} completion zsh)

_${program}() {
  local -a offered
  local command=
  local -i start=2 last
  [[ $words[2] == help ]] && (( CURRENT > 2 )) && start=3
  case "$words[start] $words[start + 1]" in
${found.join('\n')}
  esac
  if (( CURRENT == start )); then
    ${describe(first)}
  elif [[ -z $command ]] && (( CURRENT == start + 1 )); then
    case $words[start] in
${seconds.join('\n')}
    esac
  fi
  if (( $#offered )); then
    _describe command offered
    return
  fi
  [[ -n $command ]] || return
  # _arguments takes the first word for the command
  shift $(( last - 1 )) words
  (( CURRENT -= last - 1 ))
  case $command in
${cases.join('\n')}
  esac
}

if [[ $funcstack[1] == _${program} ]]; then
  _${program} "$@"
else
  compdef _${program} ${program}
fi
`;
}
