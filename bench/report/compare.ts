// Two results side by side: ratios of times, and which differences exceed the noise (measure/statistics.ts).
import { noise } from '../measure/statistics.ts';
import { type BenchResult, type Row, timeOf } from './result.ts';
import { type Column, digits, formatTable } from './table.ts';

export type Verdict = 'faster' | 'slower' | 'within noise';

export interface Comparison {
  readonly name: string;
  /** Milliseconds. */
  readonly a: number;
  readonly b: number;
  /** Time of B over time of A: below 1 where B is faster. */
  readonly ratio: number;
  /** The largest ratio that may be chance, as a distance from 1. */
  readonly noise: number;
  readonly verdict: Verdict;
}

/** A row's times by the clock that its rates go by. */
const summaryOf = (row: Row) => (row.clock === 'gpu' && row.gpu ? row.gpu : row.wall);

function compareRows(a: Row, b: Row): Comparison {
  const [from, to] = [timeOf(a), timeOf(b)];
  const allowed = noise(summaryOf(a), summaryOf(b));
  const verdict = Math.abs(to - from) <= allowed ? 'within noise' : to < from ? 'faster' : 'slower';
  return { name: a.name, a: from, b: to, ratio: to / from, noise: allowed / from, verdict };
}

export interface ResultComparison {
  readonly rows: readonly Comparison[];
  /** Benchmarks of one result alone, or measured at other sizes. */
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
}

export function compareResults(a: BenchResult, b: BenchResult): ResultComparison {
  const key = ({ name, shape }: Row): string => `${name} ${shape}`;
  const inB = new Map(b.benchmarks.map((row) => [key(row), row]));
  const inA = new Set(a.benchmarks.map(key));
  const rows = a.benchmarks.flatMap((row) => {
    const other = inB.get(key(row));
    return other ? [compareRows(row, other)] : [];
  });
  return {
    rows,
    onlyA: a.benchmarks.filter((row) => !inB.has(key(row))).map(({ name }) => name),
    onlyB: b.benchmarks.filter((row) => !inA.has(key(row))).map(({ name }) => name),
  };
}

const COLUMNS: readonly Column<Comparison>[] = [
  { title: 'benchmark', cell: ({ name }) => name, left: true },
  { title: 'A ms', cell: ({ a }) => digits(a) },
  { title: 'B ms', cell: ({ b }) => digits(b) },
  { title: 'B/A', cell: ({ ratio }) => ratio.toFixed(2) },
  { title: 'noise', cell: (row) => `+-${row.noise.toFixed(2)}` },
  { title: 'B is', cell: ({ verdict }) => verdict, left: true },
];

export function formatComparison(a: BenchResult, b: BenchResult): string {
  const { rows, onlyA, onlyB } = compareResults(a, b);
  const count = (verdict: Verdict): number => rows.filter((row) => row.verdict === verdict).length;
  const logs = rows.map(({ ratio }) => Math.log(ratio));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const lines = [
    `A: ${a.adapter.name}, ${a.date}\n`,
    `B: ${b.adapter.name}, ${b.date}\n`,
    '\n',
    formatTable(COLUMNS, rows),
    `\n${count('faster')} faster, ${count('slower')} slower, ${count('within noise')} within noise; ` +
      `geometric mean of B/A ${mean.toFixed(2)}\n`,
  ];
  if (onlyA.length > 0) lines.push(`only in A: ${onlyA.join('; ')}\n`);
  if (onlyB.length > 0) lines.push(`only in B: ${onlyB.join('; ')}\n`);
  return lines.join('');
}
