// `nat check`: whether one architecture is a legal transformation of another. Exit code 1 where it is not.

import { CELL_KINDS, type Genotype } from '../arch/genotype.ts';
import { findViolations } from '../arch/legality.ts';
import { formatComparison } from '../arch/print_cell.ts';
import { loadTransitions } from '../arch/transition_file.ts';
import { loadGenotype } from '../arch/zoo/find_cell.ts';
import { defineCommand, JSON_OPTION } from './command.ts';

export const TRANSITIONS_OPTION = {
  type: 'string',
  placeholder: 'nat|nat++|FILE',
} as const;

export const check = defineCommand({
  name: 'check',
  summary: 'whether one architecture is a legal transformation of another',
  options: {
    from: { type: 'string', placeholder: 'NAME|FILE', required: true, help: 'the architecture before' },
    to: { type: 'string', placeholder: 'NAME|FILE', required: true, help: 'the architecture after' },
    transitions: { ...TRANSITIONS_OPTION, default: 'nat', help: 'the transitions that are allowed' },
    json: JSON_OPTION,
  },
  async run({ files, terminal }, options) {
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
      if (sameGraph(before, after)) terminal.out(`\n${formatComparison(before, after)}\n`);
    }
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
