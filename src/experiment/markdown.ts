// The table of an experiment as Markdown.
import type { ExperimentTable, Row } from './table.ts';
import type { Statistic } from './statistics.ts';

interface Column {
  readonly title: string;
  /** Null where the row has nothing there. */
  cell(row: Row): string | null;
  readonly left?: true;
}

const COLUMNS: readonly Column[] = [
  { title: 'architecture', cell: ({ architecture }) => architecture, left: true },
  { title: 'method', cell: ({ method }) => method, left: true },
  { title: 'parameters (M)', cell: ({ params }) => spread(params, 1e-6, 3) },
  { title: 'multiply-adds (M)', cell: ({ madds }) => spread(madds, 1e-6, 1) },
  { title: 'shared weights (%)', cell: ({ validation }) => validation && spread(validation, 100, 2) },
  { title: 'top-1 (%)', cell: ({ top1 }) => top1 && spread(top1, 100, 2) },
  { title: 'top-5 (%)', cell: ({ top5 }) => top5 && spread(top5, 100, 2) },
  { title: 'paper (%)', cell: ({ published }) => published },
];

/** 'mean ± deviation'; the mean alone where there is one value, or all are the same. */
export function spread({ mean, deviation }: Statistic, scale: number, decimals: number): string {
  const text = (mean * scale).toFixed(decimals);
  return deviation === null || deviation === 0 ? text : `${text} ± ${(deviation * scale).toFixed(decimals)}`;
}

/** Columns that no row has anything for are left out. */
export function formatTable({
  name,
  description,
  adapters,
  seeds,
  rows,
  experiment,
}: ExperimentTable): string {
  const columns = COLUMNS.filter(({ cell }) => rows.some((row) => cell(row) !== null));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const has = (title: string): boolean => columns.some((column) => column.title === title);
  const settings = ['data', 'search', 'derive', 'train']
    .filter((key) => experiment[key] !== undefined)
    .map((key) => `- ${key}: \`${JSON.stringify(experiment[key])}\`\n`);
  const notes = [
    `Mean and sample standard deviation over ${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}` +
      ` (${seeds.join(', ')}). Parameters and multiply-adds are those of the whole network for one image.`,
    ...(has('shared weights (%)')
      ? ['Shared weights: accuracy with the weights of the search, on the images that trained the policy.']
      : []),
    ...(has('top-1 (%)')
      ? ['Top-1 and top-5: accuracy on the test images at the end of a training from scratch.']
      : []),
    ...(has('paper (%)')
      ? ['Paper: the accuracy that it prints, at its own setting and on all images.']
      : []),
  ];
  return (
    `# ${name}\n\n` +
    (description === '' ? '' : `${description}\n\n`) +
    `- adapter: ${adapters.join(', ') || 'none was needed'}\n${settings.join('')}\n` +
    line(columns.map(({ title }) => title)) +
    line(columns.map(({ left }) => (left ? '---' : '---:'))) +
    rows.map((row) => line(columns.map(({ cell }) => escaped(cell(row) ?? '-')))).join('') +
    `\n${notes.join(' ')}\n`
  );
}

const escaped = (text: string): string => text.replace(/\|/g, '\\|');
