// What gpu-static says of a step: a row for each kernel with parameters. Parsed from its table, summed, and printed.
import { RunError } from '../../runtime/errors.ts';
import { type Column, digits, formatTable, percent } from '../report/table.ts';

export interface StaticRow {
  /** With its override constants: 'conv2d_tiled(TILE=32)'. */
  readonly kernel: string;
  readonly calls: number;
  readonly workgroups: number;
  readonly workgroupSize: number;
  /** Instructions that a wave of 64 issues. */
  readonly slots: number;
  /** Shares of the slots. */
  readonly fma: number;
  readonly integer: number;
  readonly scalar: number;
  readonly lds: number;
  /** What bounds the estimate. */
  readonly bound: string;
  /** Estimated microseconds of a call: with the latency of its workgroups, and as if the GPU were never idle. */
  readonly us: number;
  readonly busyUs: number;
}

const TITLES = [
  ...['kernel', 'times', 'workgroups', 'slots/wave', 'FMA', 'integer', 'scalar', 'LDS'],
  ...['bound by', 'us', 'us if never idle'],
];

/** The rows of the table that executed.mjs prints. Throws RunError where it is another table. */
export function parseStaticTable(text: string): StaticRow[] {
  const [titles, , ...lines] = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '));
  if (titles?.join() !== TITLES.join()) {
    throw new RunError(`the static tool printed a table of ${titles ?? 'nothing'}, expected ${TITLES}`);
  }
  return lines.map((cells) => {
    const [kernel, , grid, , , , , , bound] = cells as [string, string, string, ...string[]];
    const [workgroups, workgroupSize] = grid.split(' x ').map(Number);
    const share = (at: number): number => Number.parseFloat(cells[at]!) / 100;
    return {
      ...{ kernel, calls: Number(cells[1]), workgroups: workgroups!, workgroupSize: workgroupSize! },
      slots: Number(cells[3]),
      ...{ fma: share(4), integer: share(5), scalar: share(6), lds: share(7) },
      ...{ bound: bound!, us: Number(cells[9]), busyUs: Number(cells[10]) },
    };
  });
}

/** Estimated time between two dispatches of one queue, in microseconds: what an H100 was measured to take. */
const LAUNCH_US = 2.3;

/** Milliseconds of one iteration. */
export interface StaticSums {
  readonly dispatches: number;
  readonly launchesMs: number;
  readonly busyMs: number;
  readonly ms: number;
}

export function sumsOf(rows: readonly StaticRow[], iterations: number): StaticSums {
  const sum = (of: (row: StaticRow) => number): number =>
    rows.reduce((total, row) => total + row.calls * of(row), 0) / iterations;
  const dispatches = sum(() => 1);
  return {
    dispatches,
    launchesMs: (dispatches * LAUNCH_US) / 1000,
    busyMs: sum(({ busyUs }) => busyUs) / 1000,
    ms: sum(({ us }) => us) / 1000,
  };
}

/** Sums by kernel, whatever its constants and parameters, those that take longest first. */
export function sumsByKernel(rows: readonly StaticRow[], iterations: number): [string, StaticSums][] {
  const groups = new Map<string, StaticRow[]>();
  for (const row of rows) {
    const name = row.kernel.replace(/\(.*/, '');
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return [...groups]
    .map(([name, group]): [string, StaticSums] => [name, sumsOf(group, iterations)])
    .sort(([, a], [, b]) => b.ms - a.ms);
}

const COLUMNS: readonly Column<StaticRow>[] = [
  { title: 'kernel', cell: ({ kernel }) => kernel, left: true },
  { title: 'calls', cell: ({ calls }) => String(calls) },
  { title: 'workgroups', cell: ({ workgroups, workgroupSize }) => `${workgroups} x ${workgroupSize}` },
  { title: 'slots/wave', cell: ({ slots }) => String(slots) },
  { title: 'FMA', cell: ({ fma }) => percent(fma) },
  { title: 'integer', cell: ({ integer }) => percent(integer) },
  { title: 'scalar', cell: ({ scalar }) => percent(scalar) },
  { title: 'LDS', cell: ({ lds }) => percent(lds) },
  { title: 'bound by', cell: ({ bound }) => bound, left: true },
  { title: 'us', cell: ({ us }) => us.toFixed(1) },
  { title: 'never idle', cell: ({ busyUs }) => busyUs.toFixed(1) },
];

const SUM_COLUMNS: readonly Column<[string, StaticSums]>[] = [
  { title: 'kernel', cell: ([name]) => name, left: true },
  { title: 'dispatches', cell: ([, { dispatches }]) => digits(dispatches) },
  { title: 'ms', cell: ([, { ms }]) => ms.toFixed(3) },
  { title: 'never idle', cell: ([, { busyMs }]) => busyMs.toFixed(3) },
];

/** A step's tables: every kernel with parameters (calls over all iterations), then sums of one iteration. */
export function formatStaticStep(
  name: string,
  rows: readonly StaticRow[],
  iterations: number,
  width = Infinity,
): string {
  const { dispatches, launchesMs, busyMs, ms } = sumsOf(rows, iterations);
  return [
    `${name}, ${iterations === 1 ? 'one iteration' : `${iterations} iterations`}\n\n`,
    formatTable(COLUMNS, rows, width),
    '\nan iteration, by kernel\n',
    formatTable(SUM_COLUMNS, sumsByKernel(rows, iterations)),
    `\n${digits(dispatches)} dispatches: ${busyMs.toFixed(2)} ms of work if never idle, ${ms.toFixed(2)} with latency, ` +
      `and ${launchesMs.toFixed(2)} between dispatches\n`,
  ].join('');
}
