// A small line chart: several series over one horizontal axis, each with its own colour and dashes, with intervals.
import { picture, type PictureOptions } from './picture.ts';
import { roundScale, type Scale, tickLabel } from './scale.ts';
import { type Drawing, element, group, line, text, tooltip } from './svg.ts';
import { textWidth } from './text_width.ts';
import { SERIES_COUNT } from './theme.ts';

/** A point of a curve, perhaps with the interval that its value lies in. */
export interface CurvePoint {
  readonly x: number;
  /** Where it is not finite, the curve is broken. */
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** A curve; its points in the order of x. */
export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** A place on the horizontal axis that has a name. */
export interface CurveMark {
  readonly x: number;
  readonly name: string;
}

/** How curves are drawn. */
export interface CurvesOptions extends PictureOptions {
  /** What the horizontal axis counts: 'step'. */
  readonly xLabel: string;
  /** What the curves show, with its unit: 'accuracy (%)'. */
  readonly yLabel: string;
  /** In pixels; 460 by 240 unless given, and higher for the names of marks. */
  readonly width?: number;
  readonly height?: number;
  /** Places to mark, by a line across the chart with its name above. */
  readonly marks?: readonly CurveMark[];
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const LEGEND_LINE = 18;
const MARK_LINE = 14;
const LEGEND_SAMPLE = 28;

/**
 * Curves as an SVG picture: axes with round ticks, intervals as bands, a legend where there is more than one curve. A curve
 * of more points than there is room for is drawn by means of neighbours, with what these lie between.
 */
export function drawCurves(curves: readonly Curve[], options: CurvesOptions): string {
  const { xLabel, yLabel, width = 460, marks = [] } = options;
  const { height = 240 + MARK_LINE * marks.length } = options;
  const finite = curves.flatMap(({ points }) => points.filter(({ y }) => Number.isFinite(y)));
  const values = finite.flatMap(({ y, low = y, high = y }) => [low, y, high]).filter(Number.isFinite);
  const title = options.title ?? yLabel;
  const legend = curves.length > 1 ? legendOf(curves, width - 16) : { width: 0, height: 0, content: [] };
  // a line of the names of marks for each, at most
  const top = 30 + legend.height + MARK_LINE * marks.length;
  // places of the labels decide where the axis begins
  const y = roundScale(extent(values), [height - 34, top]);
  const labels = y.ticks.map((tick) => tickLabel(tick, y.decimals));
  const left = 12 + Math.max(...labels.map((label) => textWidth(label, 11)));
  const frame: Frame = { left, top, right: width - 14, bottom: height - 34 };
  const x = roundScale(extent(finite.map((point) => point.x)), [left, frame.right], 6, 'inside');
  const content = [
    text(8, 16, yLabel, { class: 'nat-heading' }),
    group({ transform: 'translate(8 24)' }, legend.content),
    ...horizontalAxis(x, frame, xLabel),
    ...y.ticks.map((tick) => line(left, y(tick), frame.right, y(tick), { class: 'nat-grid' })),
    ...y.ticks.map((tick, i) =>
      text(left - 6, y(tick) + 4, labels[i]!, { anchor: 'end', class: 'nat-small nat-muted' }),
    ),
    ...marksMarkup(marks, x, frame),
    ...curves.map((curve, i) => curveMarkup(curve, i, x, y, frame.right - left)),
    ...(finite.length === 0
      ? [
          text((left + frame.right) / 2, (top + frame.bottom) / 2, 'no values', {
            anchor: 'middle',
            class: 'nat-muted',
          }),
        ]
      : []),
  ];
  return picture(
    { width, height, content },
    title,
    `${describeCurves(curves)}${describeMarks(marks)}`,
    options,
  );
}

const extent = (values: readonly number[]): [number, number] =>
  values.length === 0
    ? [0, 1]
    : values.reduce(
        ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
        [Infinity, -Infinity],
      );

function horizontalAxis(x: Scale, { left, right, bottom }: Frame, label: string): string[] {
  return [
    line(left, bottom, right, bottom, { class: 'nat-axis' }),
    ...x.ticks.map((tick) => line(x(tick), bottom, x(tick), bottom + 4, { class: 'nat-axis' })),
    ...x.ticks.map((tick) => {
      const words = tickLabel(tick, x.decimals);
      const half = textWidth(words, 11) / 2;
      const at = Math.min(x(tick), right + 12 - half);
      return text(at, bottom + 16, words, { anchor: 'middle', class: 'nat-small nat-muted' });
    }),
    text((left + right) / 2, bottom + 30, label, { anchor: 'middle', class: 'nat-small nat-muted' }),
  ];
}

/** Each name in a line of its own, on the side where there is more room. */
function marksMarkup(marks: readonly CurveMark[], x: Scale, { left, top, right, bottom }: Frame): string[] {
  const inOrder = [...marks].sort((a, b) => a.x - b.x);
  return inOrder.flatMap(({ x: place, name }, i) => {
    const at = x(place);
    const from = top - MARK_LINE * (inOrder.length - i);
    const side = at > (left + right) / 2 ? -1 : 1;
    return [
      line(at, from, at, bottom, { class: 'nat-axis nat-dashed' }),
      text(at + 4 * side, from + 9, name, { anchor: side < 0 ? 'end' : 'start', class: 'nat-small' }),
    ];
  });
}

function legendOf(curves: readonly Curve[], width: number): Drawing {
  let [x, y] = [0, 0];
  const content = curves.map(({ name }, i) => {
    const own = LEGEND_SAMPLE + 6 + textWidth(name, 11) + 14;
    if (x > 0 && x + own > width) [x, y] = [0, y + LEGEND_LINE];
    const entry = group({ class: seriesClass(i) }, [
      element('path', { class: 'nat-curve', d: `M${x} ${y + 8}h${LEGEND_SAMPLE}` }),
      text(x + LEGEND_SAMPLE + 6, y + 12, name, { class: 'nat-small' }),
    ]);
    x += own;
    return entry;
  });
  return { width, height: y + LEGEND_LINE, content };
}

const seriesClass = (i: number): string => `nat-series-${i % SERIES_COUNT}`;

function curveMarkup({ name, points }: Curve, i: number, x: Scale, y: Scale, pixels: number): string {
  const pieces = unbroken(points).map((piece) => thinned(piece, Math.floor(pixels)));
  const path = (piece: readonly CurvePoint[]): string =>
    piece.map((point, k) => `${k === 0 ? 'M' : 'L'}${pixel(x(point.x))} ${pixel(y(point.y))}`).join('');
  const alone = pieces.flatMap((piece) => (piece.length === 1 ? piece : []));
  const joined = pieces.filter((piece) => piece.length > 1);
  const bands = joined.flatMap((piece) => bandPath(piece, x, y));
  return group({ class: seriesClass(i) }, [
    tooltip(name),
    ...bands.map((d) => element('path', { class: 'nat-band', d })),
    ...joined.map((piece) => element('path', { class: 'nat-curve', d: path(piece) })),
    ...alone.map((point) => element('circle', { class: 'nat-dot', cx: x(point.x), cy: y(point.y), r: 2.5 })),
  ]);
}

const pixel = (value: number): number => Math.round(10 * value) / 10;

/** The area between the lower and upper ends, where points have both. */
function bandPath(piece: readonly CurvePoint[], x: Scale, y: Scale): string[] {
  const known = piece.filter(({ low = NaN, high = NaN }) => Number.isFinite(low) && Number.isFinite(high));
  if (known.length < 2) return [];
  const upper = known.map((point) => `${pixel(x(point.x))} ${pixel(y(point.high!))}`);
  const lower = known.map((point) => `${pixel(x(point.x))} ${pixel(y(point.low!))}`).reverse();
  return [`M${[...upper, ...lower].join('L')}Z`];
}

/** The stretches of a curve between values that are not finite. */
function unbroken(points: readonly CurvePoint[]): CurvePoint[][] {
  const pieces: CurvePoint[][] = [];
  let open = false;
  for (const point of points) {
    if (!Number.isFinite(point.y)) open = false;
    else if (open) pieces.at(-1)!.push(point);
    else {
      pieces.push([point]);
      open = true;
    }
  }
  return pieces;
}

/** Columns of pixels that a point of a long curve stands for. */
const BUCKET = 3;

/** Of a curve of more points than there is room for, the means of neighbours, with the interval that these lie in. */
function thinned(points: readonly CurvePoint[], columns: number): readonly CurvePoint[] {
  const buckets = Math.floor(columns / BUCKET);
  if (points.length <= 2 * columns) return points;
  return Array.from({ length: buckets }, (_, i) => {
    const from = Math.floor((i * points.length) / buckets);
    const share = points.slice(from, Math.floor(((i + 1) * points.length) / buckets));
    const mean = (of: (point: CurvePoint) => number): number =>
      share.reduce((sum, point) => sum + of(point), 0) / share.length;
    const low = Math.min(...share.map((point) => point.low ?? point.y));
    const high = Math.max(...share.map((point) => point.high ?? point.y));
    return { x: mean((point) => point.x), y: mean((point) => point.y), low, high };
  });
}

/** Every curve's first and last value, and its range. */
function describeCurves(curves: readonly Curve[]): string {
  const words = curves.map(({ name, points }) => {
    const values = points.map(({ y }) => y).filter(Number.isFinite);
    if (values.length === 0) return `${name}: no values`;
    const [least, most] = extent(values);
    const [first, last] = [values[0]!, values.at(-1)!];
    return `${name}: from ${short(first)} to ${short(last)}, between ${short(least)} and ${short(most)}`;
  });
  return `${words.join('; ')}.`;
}

const describeMarks = (marks: readonly CurveMark[]): string =>
  marks.length === 0 ? '' : ` Marked: ${marks.map(({ x, name }) => `${name} at ${short(x)}`).join(', ')}.`;

const short = (value: number): string => String(Number(value.toPrecision(4)));
