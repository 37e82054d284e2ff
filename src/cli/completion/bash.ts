// Completion for bash 3.2 or newer.
import { nameOf, type Offer, type OfferedWord, type Offers, quoted } from './offers.ts';

const offer = ({ values, paths }: Offer): string =>
  [`values=${quoted(values.join(' '))}`, ...(paths ? [`paths=${paths}`] : [])].join(' ');

const wordsOf = (list: readonly OfferedWord[]): string => quoted(list.map(({ word }) => word).join(' '));

export function bashScript({ program, commands, first, second }: Offers): string {
  const found = commands
    // a name of two words before one that is its first
    .toSorted((a, b) => b.words.length - a.words.length)
    .map((command) => {
      const name = quoted(nameOf(command));
      return `    ${name}${command.words.length === 1 ? "' '*" : ''}) command=${name} ;;`;
    });
  const seconds = [...second].map(([word, list]) => `      ${word}) values=${wordsOf(list)} ;;`);
  const values = commands.flatMap((command) =>
    command.options
      .filter(({ flag, isSwitch }) => flag !== null && !isSwitch)
      .map((option) => `    ${quoted(`${nameOf(command)} ${option.flag}`)}) ${offer(option)}; return ;;`),
  );
  const flags = commands.map((command) => {
    const place = command.options.find(({ flag }) => flag === null);
    const own = command.options.flatMap(({ flag }) => flag ?? []);
    const more = place ? `${offer(place)}; ` : '';
    return `    ${quoted(nameOf(command))}) ${more}values+=${quoted(` ${own.join(' ')}`)} ;;`;
  });
  return `# Completion of ${program} for bash. For this shell: source <(${program} completion bash)

# Sets values and paths to what may follow.
_${program}_offers() {
  local start=1 command=
  [[ \${COMP_WORDS[1]} == help && COMP_CWORD -gt 1 ]] && start=2
  if [[ COMP_CWORD -eq start ]]; then
    values=${wordsOf(first)}
    return
  fi
  case "\${COMP_WORDS[start]} \${COMP_WORDS[start + 1]}" in
${found.join('\n')}
  esac
  if [[ -z $command ]]; then
    [[ COMP_CWORD -eq start+1 ]] && case \${COMP_WORDS[start]} in
${seconds.join('\n')}
    esac
    return
  fi
  case "$command $before" in
${values.join('\n')}
  esac
  case $command in
${flags.join('\n')}
  esac
}

_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} values= paths=
  # --name=value is three words to bash
  if [[ $current == '=' ]]; then
    current=
  elif [[ $before == '=' ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  _${program}_offers
  COMPREPLY=($(compgen -W "$values" -- "$current"))
  local IFS=$'\\n'
  case $paths in
    files) COMPREPLY+=($(compgen -f -- "$current")) ;;
    folders) COMPREPLY+=($(compgen -d -- "$current")) ;;
  esac
  [[ -z $paths ]] || compopt -o filenames 2>/dev/null
}
complete -F _${program} ${program}
`;
}
