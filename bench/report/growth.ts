// What a growth run says: time beside arithmetic, each series relative to its smallest setting.
import { DIMENSIONS } from '../workloads/growth.ts';
import { exceedsNoise } from '../measure/statistics.ts';
import type { Row } from './result.ts';
import { type Column, digits, formatTable } from './table.ts';

interface GrowthLine {
  readonly row: Row;
  /** Time per arithmetic over that of the smallest setting of the series: 1 where they grow alike. */
  readonly relative: number;
  /** Whether it is above 1 by more than the noise. */
  readonly faster: boolean;
}

/** Lines of every series, from its smallest setting on. */
export function growthLines(rows: readonly Row[]): GrowthLine[][] {
  const series = DIMENSIONS.map((dimension) =>
    rows.filter(({ name }) => name.startsWith(`growth ${dimension} `)),
  );
  return series
    .filter((lines) => lines.length > 0)
    .map((lines) =>
      lines.map((row) => {
        const first = lines[0]!;
        const scale = first.madds / row.madds;
        const relative = (row.wall.median * scale) / first.wall.median;
        const scaled = { ...row.wall, median: row.wall.median * scale, mad: row.wall.mad * scale };
        return { row, relative, faster: relative > 1 && exceedsNoise(first.wall, scaled) };
      }),
    );
}

const COLUMNS: readonly Column<GrowthLine>[] = [
  { title: 'setting', cell: ({ row }) => row.name, left: true },
  { title: 'ms', cell: ({ row }) => digits(row.wall.median) },
  { title: 'M multiply-adds', cell: ({ row }) => (row.madds / 1e6).toFixed(0) },
  { title: 'GFLOP/s', cell: ({ row }) => digits(row.gflops ?? 0) },
  {
    title: 'time per arithmetic',
    cell: ({ relative, faster }) => `${relative.toFixed(2)}${faster ? '!' : ' '}`,
  },
];

export function formatGrowth(rows: readonly Row[]): string {
  const lines = growthLines(rows);
  const tables = lines.map((series) => formatTable(COLUMNS, series));
  const faster = lines.flat().filter((line) => line.faster);
  const verdict =
    faster.length === 0
      ? 'time grows no faster than the arithmetic in any series\n'
      : `! grows faster than the arithmetic: ${faster.map(({ row }) => row.name).join('; ')}\n`;
  return `${tables.join('\n')}\n${verdict}`;
}
