// What transforming cells of NAS-Bench-201 gains, method by method: a row each, the mean over seeds with its interval.
// What learns has one row for its probabilities, with what they gain without a look-up and with ten.
import type { Interval } from '../../src/core/statistics.ts';
import type { BenchmarkResult, MethodResult } from '../../src/benchmark/run.ts';
import { element, line } from '../../src/draw/svg.ts';
import { bottomAxis, COLORS, document, type Frame, linearScale, type Scale, text } from './svg.ts';

const WIDTH = 960;
const ROW = 22;
const TOP = 112;
const LABELS = 286;
const GAP = 44;
/** Losses beyond these are drawn at the edge, with their figure. */
const LOSSES = { all: -2, best: -1 };

interface Mark {
  readonly method: MethodResult;
  readonly color: string;
  readonly filled: boolean;
}

interface Row {
  readonly label: string;
  readonly marks: readonly Mark[];
}

const [UNTRAINED, LEARNED] = [COLORS[7]!, COLORS[0]!];

/** The row of each method; several where one policy makes several. */
function rowsOf({ methods }: BenchmarkResult): Row[] {
  const rows = new Map<string, Mark[]>();
  for (const method of methods) {
    const { name, adjacency, readout, baseline } = method;
    if (baseline === null) rows.set(name, [{ method, color: UNTRAINED, filled: true }]);
    if (baseline === null || !name.startsWith('maximum-')) continue;
    const policy = name.replace('maximum-', '').replace('-best-of-10', '');
    const label = [policy, adjacency, readout, baseline].filter((part) => part !== null).join(', ');
    const mark = { method, color: LEARNED, filled: name.endsWith('-best-of-10') };
    rows.set(label, [...(rows.get(label) ?? []), mark]);
  }
  return [...rows].map(([label, marks]) => ({ label, marks }));
}

/** A dot at the mean, a bar over the interval; at the edge of the scale, with the figure, what lies outside. */
function drawMark({ color, filled }: Mark, { mean, low, high }: Interval, x: Scale, y: number): string[] {
  const [least] = x.domain;
  if (mean < least) {
    return [text(x(least) + 4, y + 4, `◂ ${mean.toFixed(1)}`, { class: 'small', color })];
  }
  const bar = low === null || high === null ? [] : [line(x(low), y, x(high), y, { stroke: color })];
  const dot = { cx: x(mean), cy: y, r: 4.5, stroke: color, fill: filled ? color : '#fff' };
  return [...bar, element('circle', dot)];
}

/** The picture as SVG text. */
export function groundTruthSvg(result: BenchmarkResult): string {
  const rows = rowsOf(result);
  const bottom = TOP + rows.length * ROW;
  const width = (WIDTH - LABELS - 3 * GAP) / 2;
  const panels = [
    { title: 'all cells', least: LOSSES.all, of: ({ gain }: MethodResult) => gain },
    { title: 'the 1,000 best cells', least: LOSSES.best, of: ({ top1000 }: MethodResult) => top1000 },
  ].map(({ title, least, of }, i) => {
    const left = LABELS + GAP / 2 + i * (width + GAP);
    const frame: Frame = { left, top: TOP, right: left + width, bottom };
    const means = rows.flatMap(({ marks }) => marks.map(({ method }) => of(method).mean));
    const x = linearScale([Math.max(least, Math.min(0, ...means)), Math.max(...means)], [left, left + width]);
    return [
      text(left, TOP - 12, title, { class: 'heading' }),
      ...bottomAxis(x, frame, 'gain of test accuracy (points)'),
      line(x(0), TOP, x(0), bottom, { class: 'axis' }),
      ...rows.flatMap(({ marks }, row) =>
        marks.flatMap((mark) => drawMark(mark, of(mark.method), x, TOP + (row + 0.5) * ROW)),
      ),
    ];
  });
  const { table, seeds, cells } = result;
  const title = `What transforming a cell gains: NAS-Bench-201, ${table}`;
  const what = `means over ${cells.test.toLocaleString('en-US')} cells and ${seeds.length} seeds, 95% intervals`;
  const key = (x: number, color: string, fill: string, words: string): string[] => [
    element('circle', { cx: x, cy: 74, r: 4.5, stroke: color, fill }),
    text(x + 10, 78, words),
  ];
  return document(WIDTH, bottom + 62, title, [
    text(28, 34, title, { class: 'title' }),
    text(28, 54, what, { class: 'subtitle' }),
    ...key(34, UNTRAINED, UNTRAINED, 'learns nothing'),
    ...key(164, LEARNED, '#fff', "a policy's most probable transformation"),
    ...key(
      434,
      LEARNED,
      LEARNED,
      'the best of ten look-ups: the cell itself and the nine most probable others',
    ),
    ...rows.map(({ label }, row) => text(LABELS, TOP + (row + 0.5) * ROW + 4, label, { anchor: 'end' })),
    ...panels.flat(),
  ]);
}
