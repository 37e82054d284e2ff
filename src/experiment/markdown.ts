// The table of an experiment as Markdown.
import type { ExperimentTable, Row } from './table.ts';
import type { TestedHypothesis } from './hypotheses.ts';
import type { Difference, Statistic } from './statistics.ts';

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
  { title: 'chosen by (%)', cell: ({ selection }) => selection && spread(selection, 100, 2) },
  {
    title: 'first draw (%)',
    cell: ({ first, derive }) => (derive === 'sample' ? first && spread(first, 100, 2) : null),
  },
  { title: 'shared weights (%)', cell: ({ shared }) => shared && spread(shared, 100, 2) },
  { title: 'gain (points)', cell: ({ gain }) => gain && points(gain) },
  { title: 'top-1 (%)', cell: ({ top1 }) => top1 && spread(top1, 100, 2) },
  { title: 'top-1 gain (points)', cell: ({ top1Gain }) => top1Gain && points(top1Gain) },
  { title: 'top-5 (%)', cell: ({ top5 }) => top5 && spread(top5, 100, 2) },
  { title: 'paper (%)', cell: ({ published }) => published },
];

/** Where runs of one grid used several. */
const ADAPTERS: Column = {
  title: 'adapters',
  cell: ({ adapters }) => adapters.join('; ') || null,
  left: true,
};

/** 'mean ± deviation'; the mean alone where there is one value, or all are the same. */
export function spread({ mean, deviation }: Statistic, scale: number, decimals: number): string {
  const text = (mean * scale).toFixed(decimals);
  return deviation === null || deviation === 0 ? text : `${text} ± ${(deviation * scale).toFixed(decimals)}`;
}

const signed = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toFixed(2)}`;

/** '+1.20 [0.40, 2.00], p 0.031': the mean in points, its interval, the p-value; the mean alone for one seed. */
export function points({ mean, low, high, p }: Difference): string {
  if (low === null || high === null) return signed(mean);
  return `${signed(mean)} [${(100 * low).toFixed(2)}, ${(100 * high).toFixed(2)}], p ${p.toPrecision(2)}`;
}

/** Columns that no row has anything for are left out. */
export function formatTable({
  name,
  description,
  adapters,
  seeds,
  rows,
  hypotheses,
  experiment,
}: ExperimentTable): string {
  // of one kind they have the same bits, and need no column
  const all = adapters.length > 1 ? [...COLUMNS, ADAPTERS] : COLUMNS;
  const columns = all.filter(({ cell }) => rows.some((row) => cell(row) !== null));
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const refused = rows.reduce((sum, row) => sum + row.refused, 0);
  const has = (title: string): boolean => columns.some((column) => column.title === title);
  const settings = ['data', 'search', 'derive', 'train']
    .filter((key) => experiment[key] !== undefined)
    .map((key) => `- ${key}: \`${JSON.stringify(experiment[key])}\`\n`);
  const notes = [
    `Mean and sample standard deviation over ${seeds.length === 1 ? 'one seed' : `${seeds.length} seeds`}` +
      ` (${seeds.join(', ')}). Parameters and multiply-adds are those of the whole network for one image.`,
    ...(has('shared weights (%)')
      ? [
          'Shared weights: accuracy with the weights of the search, on test images that chose nothing; chosen by: the ' +
            'same on the images that chose among the candidates; first draw: of the first of them, on test images.',
          'Gains are over the unchanged architecture, paired by seed, with the 95% interval of the mean and the p-value ' +
            'of the exact sign-flip test, two-sided.',
        ]
      : []),
    ...(adapters.length > 1
      ? ['Adapters of different kinds do not have the same bits: compare rows of one kind alone bit for bit.']
      : []),
    ...(refused > 0
      ? [`${refused} drawn transformations were refused: a cell's output reached by no operation.`]
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
    `\n${notes.join(' ')}\n` +
    (hypotheses.length > 0 ? describeHypotheses(hypotheses) : '')
  );
}

/** In the order in which they are tested. */
function describeHypotheses(hypotheses: readonly TestedHypothesis[]): string {
  const lines = hypotheses.map(
    ({ claim, architecture, method, over, accuracy, margin, difference: d, p, holds }) => {
      const what = accuracy === 'top1' ? 'top-1' : 'shared weights';
      const verdict = holds === null ? 'not tested' : holds ? 'holds' : 'not shown';
      const cells = [
        claim,
        architecture,
        `${method} over ${over}, ${what}`,
        `${margin}`,
        points(d),
        p.toPrecision(2),
      ];
      return `| ${[...cells, verdict].map(escaped).join(' | ')} |\n`;
    },
  );
  return (
    '\nWhat was to be shown, decided before: tested in this order at 5%, each only where those before it of the same ' +
    'architecture hold, by the exact one-sided sign-flip test on the differences plus the margin.\n\n' +
    '| claim | architecture | compared | margin (points) | difference (points) | p | |\n' +
    '| --- | --- | --- | ---: | ---: | ---: | --- |\n' +
    lines.join('')
  );
}

const escaped = (text: string): string => text.replace(/\|/g, '\\|');
