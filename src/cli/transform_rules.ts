// `nat transform-rules`: which operation may become which. As JSON, one table has the form that a user's own table
// takes (`--transitions FILE`), so it can be printed, edited and given back.

import { loadTransitions, transitionsToJson } from '../arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS, type TransitionTable } from '../arch/transitions.ts';
import { TRANSITIONS_OPTION } from './check.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { suggest } from './invocation.ts';

export const transformRules = defineCommand({
  name: 'transform-rules',
  summary: 'which operation may become which',
  options: {
    transitions: { ...TRANSITIONS_OPTION, help: 'this table alone (both built-in ones)' },
    json: JSON_OPTION,
  },
  examples: [
    ['', 'both built-in tables'],
    ['--transitions nat++ --json > mine.json', 'a table to edit'],
    ['--transitions mine.json', 'a table of your own'],
  ],
  async run(platform, options) {
    const { files, terminal } = platform;
    const one =
      options.transitions === undefined ? undefined : await loadTransitions(files, options.transitions);
    const tables = one === undefined ? [NAT_TRANSITIONS, NAT_PLUS_PLUS_TRANSITIONS] : [one];
    if (options.json) {
      const result = one === undefined ? tables.map(transitionsToJson) : transitionsToJson(one);
      terminal.out(`${JSON.stringify(result)}\n`);
    } else {
      terminal.out(tables.map(describe).join('\n'));
    }
    const table = options.transitions ?? 'nat++';
    const search = ['search', '--transitions', table, '--out', 'runs/search'];
    suggest(platform, options, [[search, 'a search by these transitions']]);
  },
});

function describe(table: TransitionTable): string {
  return table === NAT_TRANSITIONS ? NAT_RULE : describeRows(table);
}

const NAT_RULE = `nat: by class of operation; also the rule for operations that another table does not list
  O  an operation that computes  stays, or becomes S or N
  S  skip_connect                stays, or becomes N
  N  null                        stays, or becomes S
`;

function describeRows({ name, targets }: TransitionTable): string {
  const width = Math.max(...[...targets.keys()].map((op) => op.length));
  const rows = [...targets].map(([op, row]) => {
    const others = row.filter((target) => target !== op);
    const becomes = others.length === 0 ? '' : `, or becomes ${others.join(', ')}`;
    return `  ${op.padEnd(width)}  stays${becomes}\n`;
  });
  return `${name}: by operation\n${rows.join('')}`;
}
