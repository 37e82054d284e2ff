// `nat check`: whether one architecture is a legal transformation of another. Exit code 1 where it is not.

import { CELL_KINDS, type Genotype } from '../arch/genotype.ts';
import { findViolations } from '../arch/legality.ts';
import { formatComparison } from '../arch/print_cell.ts';
import { loadTransitions } from '../arch/transition_file.ts';
import { CELL_NAMES, loadGenotype } from '../arch/zoo/find_cell.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { suggest } from './invocation.ts';
import { tableWidth } from './layout.ts';

export const TRANSITIONS_OPTION = {
  type: 'string',
  placeholder: 'nat|nat++|FILE',
} as const;

const CELL = { placeholder: 'NAME|FILE', suggestions: CELL_NAMES } as const;

export const check = defineCommand({
  name: 'check',
  summary: 'whether one architecture is a legal transformation of another',
  options: {
    from: { type: 'string', ...CELL, required: true, help: 'the architecture before' },
    to: { type: 'string', ...CELL, required: true, help: 'the architecture after' },
    transitions: { ...TRANSITIONS_OPTION, default: 'nat', help: 'the transitions that are allowed' },
    json: JSON_OPTION,
  },
  examples: [
    ['--from DARTS --to NAT_DARTS', "whether the paper's transformation of DARTS is one"],
    [
      '--from ENAS --to changed.json --transitions nat++',
      'an architecture of your own, by other transitions',
    ],
  ],
  async run(platform, options) {
    const { files, terminal } = platform;
    const before = await loadGenotype(files, options.from);
    const after = await loadGenotype(files, options.to);
    const table = await loadTransitions(files, options.transitions);
    const violations = findViolations(before, after, table);
    const legal = violations.length === 0;
    if (options.json) {
      const result = { from: before.name, to: after.name, transitions: table.name, legal, violations };
      terminal.out(`${JSON.stringify(result)}\n`);
    } else {
      const verdict = legal ? 'legal' : 'not legal';
      terminal.out(`${before.name} -> ${after.name}: ${verdict} by the transitions of ${table.name}\n`);
      for (const { message } of violations) terminal.out(`  ${message}\n`);
      if (sameGraph(before, after)) {
        terminal.out(`\n${formatComparison(before, after, tableWidth(terminal.screens?.out))}\n`);
      }
    }
    const next = legal
      ? ([['cost', '--arch', options.to], 'what it costs'] as const)
      : ([['transform-rules', '--transitions', options.transitions], 'what may become what'] as const);
    suggest(platform, options, [next]);
    return legal ? 0 : 1;
  },
});

/** Whether the two can stand side by side: the same edges in the same order. */
function sameGraph(before: Genotype, after: Genotype): boolean {
  return CELL_KINDS.every(
    (kind) =>
      before[kind].length === after[kind].length &&
      before[kind].every(([, from], i) => from === after[kind][i][1]),
  );
}
