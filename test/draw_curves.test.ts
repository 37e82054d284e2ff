// Curves as pictures and in a line of a terminal: ticks, places, gaps, intervals, long curves.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawCurves } from '../src/draw/curves.ts';
import { roundScale, tickLabel } from '../src/draw/scale.ts';
import { sparkline } from '../src/draw/sparkline.ts';
import { checkXml, elementsOf } from './support/xml.ts';

const LABELS = { xLabel: 'step', yLabel: 'loss <nat>' };

const curve = (ys: readonly number[], name = 'a'): { name: string; points: { x: number; y: number }[] } => ({
  name,
  points: ys.map((y, x) => ({ x, y })),
});

const pathsOf = (svg: string, name: string): string[] =>
  elementsOf(svg, 'path').flatMap((path) => (path.get('class') === name ? path.get('d')! : []));

/** The curves themselves: a legend's sample is drawn with h. */
const curvesOf = (svg: string): number[][][] =>
  pathsOf(svg, 'nat-curve')
    .filter((d) => !d.includes('h'))
    .map((d) =>
      d
        .slice(1)
        .split('L')
        .map((point) => point.split(' ').map(Number)),
    );

test('ticks are round, as many as asked for at most twice, and hold all values', () => {
  assert.equal(roundScale([0, 7.3], [0, 100]).ticks, [0, 2, 4, 6, 8]);
  assert.equal(roundScale([0.17, 0.23], [0, 1]).ticks, [0.16, 0.18, 0.2, 0.22, 0.24]);
  assert.equal(roundScale([-3, 1200], [0, 1]).ticks, [-500, 0, 500, 1000, 1500]);
  assert.equal(roundScale([3, 98], [0, 1], 5, 'inside').ticks, [20, 40, 60, 80]);
  assert.is(roundScale([5, 5], [0, 10])(5), 5);
  const property = fc.property(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 1e-5, max: 1e6, noNaN: true }),
    (least, span) => {
      const { ticks, decimals } = roundScale([least, least + span], [0, 1]);
      assert.ok(ticks.length >= 2 && ticks.length <= 12, `${ticks.length} ticks`);
      assert.ok(ticks[0]! <= least + 1e-6 * span && ticks.at(-1)! >= least + span * (1 - 1e-6));
      const labels = ticks.map((tick) => tickLabel(tick, decimals));
      assert.is(new Set(labels).size, labels.length, labels.join(' '));
    },
  );
  fc.assert(property, { seed: 2, numRuns: 300 });
});

test('labels of ticks: thousands apart, the decimals of their axis', () => {
  assert.equal(
    [tickLabel(1234567, 0), tickLabel(-0.5, 2), tickLabel(-0.001, 2), tickLabel(1000.25, 1)],
    ['1,234,567', '−0.50', '0.00', '1,000.3'],
  );
});

test('a curve goes through its values, in proportion, from one end of the axis to the other', () => {
  const svg = drawCurves([curve([0, 10, 5])], LABELS);
  checkXml(svg);
  const [[first, second, third]] = curvesOf(svg) as [[number[], number[], number[]]];
  assert.ok(Math.abs(second[0]! - (first[0]! + third[0]!) / 2) < 0.1);
  assert.ok(Math.abs(third[1]! - (first[1]! + second[1]!) / 2) < 0.1);
  assert.ok(second[1]! < first[1]!, 'large values are above');
  assert.match(svg, '>loss &#60;nat&#62;<');
  assert.match(svg, '<desc>a: from 0 to 5, between 0 and 10.</desc>');
});

test('values that are not finite break a curve; one alone is a dot; none is said', () => {
  const svg = drawCurves([curve([1, 2, NaN, 3, Infinity, 4, 5])], LABELS);
  checkXml(svg);
  assert.equal(
    curvesOf(svg).map((points) => points.length),
    [2, 2],
  );
  assert.is(elementsOf(svg, 'circle').length, 1);
  const empty = drawCurves([curve([NaN]), curve([], 'b')], LABELS);
  checkXml(empty);
  assert.match(empty, '>no values<');
  assert.not.match(empty, /NaN|Infinity/);
});

test('intervals are bands around the curve, and the axis holds them', () => {
  const points = [1, 2, 3].map((y, x) => ({ x, y, low: y - 5, high: y + 5 }));
  const svg = drawCurves([{ name: 'a', points }], LABELS);
  checkXml(svg);
  const [band] = pathsOf(svg, 'nat-band');
  const ends = band!
    .slice(1, -1)
    .split('L')
    .map((point) => Number(point.split(' ')[1]));
  assert.is(ends.length, 6);
  const { height } = Object.fromEntries(elementsOf(svg, 'svg')[0]!);
  assert.ok(ends.every((y) => y >= 0 && y <= Number(height)));
  const [[first]] = curvesOf(svg) as [[number[]]];
  assert.ok(ends[0]! < first![1]! && ends.at(-1)! > first![1]!);
});

test('several curves have a legend, and differ in class; a name cannot break the picture', () => {
  const names = ['a & b', '<c>', ...'defghijk'];
  const svg = drawCurves(
    names.map((name, i) => curve([i, i + 1], name)),
    LABELS,
  );
  checkXml(svg);
  assert.match(svg, '>a &#38; b</text>');
  const classes = elementsOf(svg, 'g').flatMap((group) => group.get('class') ?? []);
  assert.is(new Set(classes.filter((name) => name.startsWith('nat-series'))).size, 8);
  assert.not.match(drawCurves([curve([1, 2])], LABELS), /<text[^>]*>a</);
});

test('marks stand at their places, each name in a line of its own beside its mark, within the picture', () => {
  const marks = [
    { x: 9, name: 'best & last' },
    { x: 0, name: 'first' },
    { x: 4, name: 'the middle' },
  ];
  const svg = drawCurves([curve([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])], { ...LABELS, marks });
  checkXml(svg);
  const numbers = (found: ReadonlyMap<string, string>, ...names: string[]): number[] =>
    names.map((name) => Number(found.get(name)));
  const [path] = curvesOf(svg) as [number[][]];
  const lines = elementsOf(svg, 'line').filter((found) => found.get('class') === 'nat-axis nat-dashed');
  assert.is(lines.length, marks.length);
  const places = lines.map((found) => numbers(found, 'x1', 'x2'));
  [path[0]![0]!, path[4]![0]!, path[9]![0]!].forEach((place, i) => {
    assert.ok(
      places[i]!.every((x) => Math.abs(x - place) < 0.11),
      `mark ${i}: ${places[i]}, expected ${place}`,
    );
  });
  const names = elementsOf(svg, 'text').filter((found) =>
    lines.some((mark) => Math.abs(Number(found.get('x')) - Number(mark.get('x1'))) === 4),
  );
  assert.equal(
    names.map((found) => found.get('text-anchor') ?? 'start'),
    ['start', 'start', 'end'],
  );
  const ys = names.map((found) => Number(found.get('y')));
  assert.ok(ys[1]! - ys[0]! >= 12 && ys[2]! - ys[1]! >= 12, `names at ${ys}`);
  const highest = Math.min(...path.map(([, y]) => y!));
  assert.ok(
    ys.every((y) => y < highest + 0.11),
    'the names stand above the curve',
  );
  assert.match(svg, 'Marked: best &#38; last at 9, first at 0, the middle at 4.');
  assert.not.match(drawCurves([curve([1, 2])], LABELS), 'Marked');
});

test('a long curve is drawn by means, between the least and the largest of neighbours, a spike included', () => {
  const ys = Array.from({ length: 20_000 }, (_, i) => (i === 12_345 ? 50 : i % 2));
  const svg = drawCurves([curve(ys)], LABELS);
  const [points] = curvesOf(svg);
  assert.ok(points!.length < 300);
  assert.ok(svg.length < 30_000);
  const band = pathsOf(svg, 'nat-band')[0]!
    .slice(1, -1)
    .split('L')
    .map((point) => Number(point.split(' ')[1]));
  // the axis goes from 0 to 50, so the spike is its upper end
  const lines = elementsOf(svg, 'line').filter((line) => line.get('class') === 'nat-grid');
  const top = Math.min(...lines.map((line) => Number(line.get('y1'))));
  assert.ok(Math.abs(Math.min(...band) - top) < 0.11);
});

test('a sparkline: the least low, the largest high, means where there is no room, gaps as spaces', () => {
  assert.is(sparkline([0, 1, 2, 3, 4, 5, 6, 7]), '▁▂▃▄▅▆▇█');
  assert.is(sparkline([7, NaN, 0]), '█ ▁');
  assert.is(sparkline([5, 5, 5]), '▄▄▄');
  assert.is(sparkline([]), '');
  assert.is(sparkline([0, 0, 7, 7, 0, 7], 3), '▁█▅');
  assert.is(
    [
      ...sparkline(
        Array.from({ length: 1000 }, (_, i) => i),
        25,
      ),
    ].length,
    25,
  );
});

test.run();
