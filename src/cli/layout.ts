// Text that fits the terminal it is for.
import type { Screen } from '../../runtime/host/platform.ts';

/** The words of a text in lines of at most `width` characters; a longer word has a line to itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line += line === '' ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

/** Lines of more than this are hard to read, however wide the terminal is. */
const READABLE = 100;
/** Where the text goes to a file or another program. */
const PLAIN = 80;

/** Characters in a line of running text. */
export const textWidth = (screen: Screen | undefined): number => Math.min(screen?.columns ?? PLAIN, READABLE);

/** Characters that a line of a table may have: any number where it goes to a file or another program. */
export const tableWidth = (screen: Screen | undefined): number => screen?.columns ?? Infinity;

/**
 * A text whose lines are broken between words where they are longer than `columns`, with what follows indented. Rows of
 * Markdown tables stay as they are.
 */
export function fit(text: string, columns: number): string {
  const broken = text.split('\n').map((line) => {
    if (line.length <= columns || line.startsWith('|')) return line;
    const indent = /^ */.exec(line)![0];
    const words = wrap(line.trimStart(), Math.max(10, columns - indent.length - 2));
    return indent + words.join(`\n${indent}  `);
  });
  return broken.join('\n');
}

/** The columns that a list of pairs is printed in: the second in lines of its own where the first is longer. */
export function twoColumns(rows: readonly (readonly [left: string, right: string])[], width: number): string {
  const left = Math.min(Math.floor(width / 3), Math.max(0, ...rows.map(([text]) => text.length)));
  const margin = ' '.repeat(left + 4);
  return rows
    .map(([first, second]) => {
      const lines = wrap(second, Math.max(20, width - margin.length));
      const own = first.length > left ? `  ${first}\n${margin}` : `  ${first.padEnd(left)}  `;
      return `${own}${lines.join(`\n${margin}`)}\n`;
    })
    .join('');
}

/** Words that the terminal shows in another way, where it shows colours. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
}

const sequence =
  (on: number, off: number, colors: boolean) =>
  (text: string): string =>
    colors ? `\x1b[${on}m${text}\x1b[${off}m` : text;

export function styleOf(screen: Screen | undefined): Style {
  const colors = screen?.colors === true;
  return { bold: sequence(1, 22, colors), dim: sequence(2, 22, colors), red: sequence(31, 39, colors) };
}
