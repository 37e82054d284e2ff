// What shared weights know, as Markdown.
import { percent } from '../io/format.ts';
import type { Estimate } from './bootstrap.ts';
import type { Agreement, SupernetBenchmarkResult } from './supernet_judge.ts';

/** '0.612 [0.583, 0.640]'. */
function estimate({ value, low, high }: Estimate): string {
  if (value === null) return '-';
  const text = value.toFixed(3);
  return low === null || high === null ? text : `${text} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

const COLUMNS: readonly { readonly title: string; readonly cell: (row: Agreement) => string }[] = [
  { title: 'ranked by', cell: ({ predictor }) => predictor },
  { title: 'against', cell: ({ column }) => column },
  { title: "Kendall's tau", cell: ({ kendall }) => estimate(kendall) },
  { title: "Spearman's rho", cell: ({ spearman }) => estimate(spearman) },
  { title: 'tau, best half', cell: (row) => estimate(row.kendall_best_half) },
  { title: 'best tenth found', cell: (row) => percent(row.top_tenth) },
];

export function formatSupernetBenchmark(result: SupernetBenchmarkResult): string {
  const { supernet, agreement, table, top_tenth_by_chance: chance } = result;
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |\n`;
  const accuracies = supernet.cells.map(({ accuracy }) => accuracy);
  return (
    line(COLUMNS.map(({ title }) => title)) +
    line(COLUMNS.map((_, i) => (i < 2 ? '---' : '---:'))) +
    agreement.map((row) => line(COLUMNS.map(({ cell }) => cell(row)))).join('') +
    `\nNAS-Bench-201, ${table}: ${accuracies.length} random cells; in brackets the 95% bootstrap interval over cells. ` +
    `Two unrelated rankings share ${percent(chance.low)} to ${percent(chance.high)} of their best tenths. ` +
    `Shared weights: ${supernet.parameters} parameters, ${supernet.epochs} epochs of ${supernet.train_images} images; ` +
    `accuracies on ${supernet.judged_images} test images, ${percent(Math.min(...accuracies))} to ` +
    `${percent(Math.max(...accuracies))}.\n`
  );
}
