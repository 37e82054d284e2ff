// Tables for a terminal.
import type { BenchResult, Row } from './result.ts';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => string;
  /** Words are set to the left, numbers to the right. */
  readonly left?: boolean;
}

/**
 * Rows under their titles, columns two spaces apart. Where they are wider than `width`, the columns that do not fit follow
 * in further tables, each with the first column again: no row takes two lines.
 */
export function formatTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  width: number = Infinity,
): string {
  const cells = columns.map(({ title, cell, left }) => {
    const texts = [title, ...rows.map(cell)];
    const widest = Math.max(...texts.map(({ length }) => length));
    return texts.map((text) => (left ? text.padEnd(widest) : text.padStart(widest)));
  });
  const [first, ...others] = cells as [string[], ...string[][]];
  const blocks: string[][][] = [[first]];
  let used = first[0]!.length;
  for (const column of others) {
    const more = column[0]!.length + 2;
    if (used + more > width && blocks.at(-1)!.length > 1) {
      blocks.push([first]);
      used = first[0]!.length;
    }
    blocks.at(-1)!.push(column);
    used += more;
  }
  const lines = (block: string[][]): string =>
    first
      .map(
        (_, i) =>
          `${block
            .map((column) => column[i])
            .join('  ')
            .trimEnd()}\n`,
      )
      .join('');
  return blocks.map(lines).join('\n');
}

/** Three significant digits, without an exponent. */
export const digits = (value: number): string => {
  const rounded = Number(value.toPrecision(3));
  const decimals = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(rounded) || 1))));
  return rounded.toFixed(decimals);
};

const optional = (value: number | null): string => (value === null ? '' : digits(value));
export const percent = (value: number | null): string =>
  value === null ? '' : `${Math.round(100 * value)}%`;

/** Half the distance between the quartiles, relative to the median. */
const spread = ({ wall }: Row): string => `${((50 * (wall.q3 - wall.q1)) / wall.median).toFixed(1)}%`;

/** Clocks that differ by more than this are pointed out. */
const CLOCKS_AGREE = 0.2;

export const clocksDisagree = ({ gpuShare }: Pick<Row, 'gpuShare'>): boolean =>
  gpuShare !== null && Math.abs(gpuShare - 1) > CLOCKS_AGREE;

const COLUMNS: readonly Column<Row>[] = [
  { title: 'benchmark', cell: ({ name }) => name, left: true },
  { title: 'ms', cell: ({ wall }) => digits(wall.median) },
  { title: '+-', cell: spread },
  { title: 'cold ms', cell: ({ coldMs }) => digits(coldMs) },
  {
    title: 'GPU ms',
    cell: (row) => (row.gpu === null ? '' : `${digits(row.gpu.median)}${clocksDisagree(row) ? '!' : ' '}`),
  },
  { title: 'GFLOP/s', cell: ({ gflops }) => optional(gflops) },
  { title: 'GB/s', cell: ({ gbps }) => optional(gbps) },
  { title: 'of limit', cell: ({ share }) => percent(share) },
  { title: 'limit', cell: ({ limit }) => limit ?? '', left: true },
  { title: 'of matmul', cell: ({ matmulShare }) => percent(matmulShare) },
  { title: 'images/s', cell: ({ imagesPerSecond }) => optional(imagesPerSecond) },
];

/** A run's table: the adapter, its limits, every benchmark, and what a reader must know to trust them. */
export function formatResultTable({ adapter, limits, benchmarks }: BenchResult, width = Infinity): string {
  const lines = [`${adapter.name}\n`];
  if (limits) {
    lines.push(
      `peak ${digits(limits.fma.rate)} GFLOP/s of multiply-adds (${limits.fma.how}), ` +
        `${digits(limits.copy.rate)} GB/s of copying (${limits.copy.how}),\n` +
        `best matrix product ${digits(limits.matmul.rate)} GFLOP/s (${limits.matmul.how})\n`,
    );
  }
  const columns = COLUMNS.filter(({ cell }) => benchmarks.some((row) => cell(row) !== ''));
  lines.push('\n', formatTable(columns, benchmarks, width));
  const disagreeing = benchmarks.filter(clocksDisagree);
  if (disagreeing.length > 0) {
    const worst = disagreeing.map(({ gpuShare }) => gpuShare!);
    lines.push(
      `\n! the GPU's clock and the wall clock differ by more than 20%: the GPU says ${percent(Math.min(...worst))} to ` +
        `${percent(Math.max(...worst))} of the wall's time\n`,
    );
  }
  return lines.join('');
}
