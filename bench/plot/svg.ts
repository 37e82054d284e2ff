// What the plots share: an SVG document, scales and their ticks, axes, text. Plain strings, no DOM.
import { type Attributes, element, escapeXml, line, round } from '../../src/draw/svg.ts';

/** Maps data to pixels along one axis. */
export interface Scale {
  (value: number): number;
  /** Where the axis has labels, ascending. */
  readonly ticks: readonly number[];
  /** The first and the last value, and their pixels. */
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
}

/** The rectangle that data is drawn in, in pixels. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Colours that differ in lightness too, so that they are told apart in print and with colour blindness. */
export const COLORS = [
  '#0b5fa5',
  '#d1495b',
  '#2e8b57',
  '#e09f3e',
  '#6a4c93',
  '#00798c',
  '#7a5c3e',
  '#8d99ae',
];

const STYLE = `
text { font: 12px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: #222; }
.title { font-size: 17px; font-weight: 600; }
.subtitle { fill: #555; }
.axis-title { font-size: 13px; }
.heading { font-size: 14px; font-weight: 600; }
.small { font-size: 11px; }
.grid { stroke: #e6e8eb; }
.axis { stroke: #444; }
`;

/** Text at a point; `anchor` is where along the text the point is, `color` what the style sheet does not say. */
export function text(
  x: number,
  y: number,
  words: string,
  attributes: Attributes & { readonly anchor?: 'start' | 'middle' | 'end'; readonly color?: string } = {},
): string {
  const { anchor = 'start', color, ...others } = attributes;
  const style: Attributes = color === undefined ? {} : { style: `fill: ${color}` };
  return element('text', { x, y, 'text-anchor': anchor, ...style, ...others }, escapeXml(words));
}

/** A whole picture. `title` is what a reader who cannot see it is told. */
export function document(width: number, height: number, title: string, body: readonly string[]): string {
  const parts = [
    element('title', {}, escapeXml(title)),
    element('style', {}, STYLE),
    element('rect', { width, height, fill: '#fff' }),
    ...body,
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
  };
  return `${element('svg', { ...attributes, role: 'img' }, `\n${parts.join('\n')}\n`)}\n`;
}

/** From 0, or from below it where `least` is, with about `count` round ticks. */
export function linearScale(
  [least, most]: readonly [number, number],
  range: readonly [number, number],
  count = 6,
): Scale {
  const step = roundStep((most - Math.min(0, least)) / count);
  const first = Math.floor(Math.min(0, least) / step);
  const last = Math.max(first + 1, Math.ceil(most / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
  return scale([first * step, last * step], range, ticks, (value) => value);
}

/** The next of 1, 2, 5, 10, 20 ... */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * [1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9))!;
}

/** From `least` to `most`, both positive and drawn where they are; ticks at 1, 2 and 5 of the decades between. */
export function logScale([least, most]: readonly [number, number], range: readonly [number, number]): Scale {
  const decades = Math.log10(most / least);
  const factors = decades > 4 ? [1] : decades > 2.2 ? [1, 3] : [1, 2, 5];
  const first = Math.floor(Math.log10(least));
  const powers = Array.from({ length: Math.ceil(decades) + 2 }, (_, i) => 10 ** (first + i));
  const ticks = powers
    .flatMap((power) => factors.map((factor) => Number((factor * power).toPrecision(6))))
    .filter((tick) => tick >= least && tick <= most);
  return scale([least, most], range, ticks, Math.log10);
}

function scale(
  domain: readonly [number, number],
  range: readonly [number, number],
  ticks: readonly number[],
  transform: (value: number) => number,
): Scale {
  const [from, to] = [transform(domain[0]), transform(domain[1])];
  const map = (value: number): number =>
    range[0] + ((transform(value) - from) / (to - from)) * (range[1] - range[0]);
  return Object.assign(map, { ticks, domain, range });
}

/** 0.05, 3, 1200 as a reader wants them: no trailing zeros, thousands apart. */
export const tickLabel = (value: number): string =>
  Math.abs(value) >= 1000 ? value.toLocaleString('en-US') : String(Number(value.toPrecision(3)));

/** The horizontal axis below a frame, with its grid lines and title. */
export function bottomAxis(x: Scale, frame: Frame, title: string): string[] {
  const middle = (frame.left + frame.right) / 2;
  return [
    ...x.ticks.map((tick) => line(x(tick), frame.top, x(tick), frame.bottom, { class: 'grid' })),
    ...x.ticks.map((tick) => text(x(tick), frame.bottom + 18, tickLabel(tick), { anchor: 'middle' })),
    line(frame.left, frame.bottom, frame.right, frame.bottom, { class: 'axis' }),
    text(middle, frame.bottom + 42, title, { anchor: 'middle', class: 'axis-title' }),
  ];
}

/** The vertical axis left of a frame, with its grid lines and title. */
export function leftAxis(y: Scale, frame: Frame, title: string): string[] {
  const middle = (frame.top + frame.bottom) / 2;
  const x = frame.left - 52;
  const turned = `rotate(-90 ${round(x)} ${round(middle)})`;
  return [
    ...y.ticks.map((tick) => line(frame.left, y(tick), frame.right, y(tick), { class: 'grid' })),
    ...y.ticks.map((tick) => text(frame.left - 8, y(tick) + 4, tickLabel(tick), { anchor: 'end' })),
    line(frame.left, frame.top, frame.left, frame.bottom, { class: 'axis' }),
    text(x, middle, title, { anchor: 'middle', class: 'axis-title', transform: turned }),
  ];
}
