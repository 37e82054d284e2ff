// The result of the benchmark as Markdown.
import { percent } from '../io/format.ts';
import type { BenchmarkResult, MethodResult } from './run.ts';
import type { Interval } from '../core/statistics.ts';
import { type Comparison, type Difference, SUBJECT } from './compare.ts';

interface Column {
  readonly title: string;
  /** Null where the method has nothing there. */
  cell(method: MethodResult): string | null;
  readonly left?: true;
}

const signed = (value: number, text: string): string => (value > 0 ? `+${text}` : text);

/** '+3.43 [3.41, 3.45]'; without the interval where there is none, or where it is nothing. */
function points({ mean, low, high }: Interval, decimals: number): string {
  const text = signed(mean, mean.toFixed(decimals));
  if (low === null || high === null || low === high) return text;
  return `${text} [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`;
}

const change = (share: number): string => signed(share, percent(share));

const COLUMNS: readonly Column[] = [
  { title: 'method', cell: ({ name }) => name, left: true },
  { title: 'adjacency', cell: ({ adjacency }) => adjacency, left: true },
  { title: 'readout', cell: ({ readout }) => readout, left: true },
  { title: 'baseline', cell: ({ baseline }) => baseline, left: true },
  { title: 'gain (points)', cell: ({ gain }) => points(gain, 2) },
  { title: "of the oracle's", cell: ({ oracle_share: share }) => (share === null ? null : percent(share)) },
  { title: 'made worse', cell: ({ worse }) => percent(worse) },
  { title: 'gain of the 1,000 best', cell: ({ top1000 }) => points(top1000, 3) },
  { title: 'parameters', cell: ({ params }) => change(params) },
  { title: 'multiply-adds', cell: ({ madds }) => change(madds) },
];

const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |\n`;

/** Columns that no method has anything for are left out. */
export function formatBenchmark(result: BenchmarkResult): string {
  const { table, seeds, cells, methods, comparisons } = result;
  const columns = COLUMNS.filter(({ cell }) => methods.some((method) => cell(method) !== null));
  const [first] = seeds;
  return (
    line(columns.map(({ title }) => title)) +
    line(columns.map(({ left }) => (left ? '---' : '---:'))) +
    methods.map((method) => line(columns.map(({ cell }) => cell(method) ?? '-'))).join('') +
    `\nNAS-Bench-201, ${table}: means over ${cells.test} cells that judge; ${cells.train} others are there to learn from. ` +
    (seeds.length === 1
      ? `One seed, ${first}.\n`
      : `${seeds.length} seeds from ${first}; in brackets the 95% interval of the mean.\n`) +
    (comparisons.length > 0 && seeds.length > 1 ? `\n${formatComparisons(comparisons)}` : '')
  );
}

/** Of more than one seed. */
export const formatComparisons = (comparisons: readonly Comparison[]): string =>
  line([`${SUBJECT} less`, 'gain (points)', 'p', 'gain of the 1,000 best', 'p']) +
  line(['---', '---:', '---:', '---:', '---:']) +
  comparisons
    .map(({ with: other, gain, top1000 }) =>
      line([other, points(gain, 3), probability(gain), points(top1000, 3), probability(top1000)]),
    )
    .join('') +
  '\nDifferences over seeds, with 95% intervals; p is two-sided, of the exact sign-flip test.\n';

const probability = ({ p }: Difference): string => (p === null ? '-' : p.toPrecision(2));
