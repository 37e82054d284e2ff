// The roofline as a picture: well-formed, a mark for every kernel, at its place. And the scales that plots share.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { groundTruthSvg } from '../bench/plot/ground_truth.ts';
import { rooflineSvg } from '../bench/plot/roofline.ts';
import { placeLabels } from '../bench/plot/labels.ts';
import { linearScale, logScale, tickLabel } from '../bench/plot/svg.ts';
import { escapeXml } from '../src/draw/svg.ts';
import { resultWith, row } from './support/bench_result.ts';
import { checkXml } from './support/xml.ts';

const KERNELS = [
  row('conv2d 3x3 forward', 10, 0, { madds: 1e8, bytes: 1e7 }),
  row('conv2d 3x3 backward', 20, 0, { madds: 2e8, bytes: 2e7 }),
  row('linear 4096 to 512 forward', 5, 0, { madds: 1e7, bytes: 2e7 }),
  row('batch norm forward', 2, 0, { bytes: 1e7 }),
];

test('the picture is well-formed, names the adapter and has a mark for every kernel', () => {
  const svg = rooflineSvg(resultWith(KERNELS));
  checkXml(svg);
  assert.match(svg, /Roofline of An &#60;adapter&#62; &#38; more/);
  for (const { name } of KERNELS) assert.match(svg, new RegExp(`>${name}</text>`));
  // each kernel with arithmetic once in the plot and once in the list; the others a bar
  assert.is([...svg.matchAll(/<circle /g)].length, 2 * 3);
  assert.is([...svg.matchAll(/class="bar"/g)].length, 1);
  assert.match(svg, />GFLOP&#47;s<|>GFLOP\/s</);
});

test('a kernel that reaches a roof stands on it', () => {
  // 100 GFLOP/s at 20 FLOP a byte: the limit of arithmetic; 50 at 5: that of copying
  const flat = row('conv2d 3x3 forward', 1, 0, { madds: 5e7, bytes: 5e6 });
  const slope = row('conv2d 1x1 forward', 1, 0, { madds: 2.5e7, bytes: 1e7 });
  assert.equal([flat.share, slope.share], [1, 1]);
  const svg = rooflineSvg(resultWith([flat, slope]));
  const roofs = [
    ...svg.matchAll(/<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)" stroke="#222"/g),
  ];
  const [rising, level] = roofs.map((match) => match.slice(1).map(Number));
  const marks = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((match) =>
    match.slice(1).map(Number),
  );
  assert.ok(Math.abs(marks[0]![1]! - level![1]!) < 0.02, 'on the level roof');
  const [x1, y1, x2, y2] = rising as [number, number, number, number];
  const [x, y] = marks[1] as [number, number];
  assert.ok(Math.abs(y1 + ((x - x1) / (x2 - x1)) * (y2 - y1) - y) < 0.05, 'on the rising roof');
});

test('what methods gain: a row for each policy, marks at their place, losses beyond the scale as figures', () => {
  const method = (name: string, gain: number, baseline: string | null = null) => ({
    name,
    adjacency: baseline && 'directed',
    readout: baseline && 'cell',
    baseline,
    gain: { mean: gain, low: gain - 1, high: gain + 1 },
    oracle_share: 1,
    worse: 0,
    top1000: { mean: gain / 10, low: null, high: null },
    params: 0,
    madds: 0,
    by_seed: { gain: [gain], worse: [0], top1000: [gain / 10] },
  });
  const methods = [
    method('unchanged', 0),
    method('random', -12.86),
    method('maximum-gcn', 2, 'best'),
    method('sampling-gcn', 1, 'best'),
    method('maximum-gcn-best-of-10', 4, 'best'),
  ];
  const cells = { train: 7812, test: 7813 };
  const svg = groundTruthSvg({ table: 'a <table>', seeds: [1, 2], cells, methods, comparisons: [] });
  checkXml(svg);
  assert.match(svg, /7,813 cells and 2 seeds/);
  assert.match(svg, />◂ -12\.9<\/text>/);
  const rows = ['unchanged', 'random', 'gcn, directed, cell, best'];
  for (const row of rows) assert.is([...svg.matchAll(new RegExp(`>${row}</text>`, 'g'))].length, 1);
  // the left panel from -2 to 4: 0, 2 and 4 points are as far apart as their gains
  const marks = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map((match) => Number(match[1]));
  const [none, most, ten] = marks.slice(3);
  assert.ok(Math.abs(ten! - most! - (most! - none!)) < 0.02, `${none}, ${most}, ${ten}`);
});

test('a result without limits cannot be drawn', () => {
  assert.throws(() => rooflineSvg({ ...resultWith(KERNELS), limits: null }), /hold no kernels beside limits/);
  assert.throws(() => rooflineSvg(resultWith([])), /hold no kernels/);
});

test('labels keep clear of points and of each other where there is room', () => {
  const points = [
    { x: 100, y: 100, words: '1' },
    { x: 108, y: 100, words: '2' },
    { x: 104, y: 106, words: '3' },
  ];
  const labels = placeLabels(points, 5);
  for (const [i, at] of labels.entries()) {
    for (const point of points) assert.ok(Math.hypot(at.x - point.x, at.y - point.y) > 5, `label ${i + 1}`);
    for (const other of labels.slice(i + 1)) {
      assert.ok(Math.abs(at.x - other.x) >= 7 || Math.abs(at.y - other.y) >= 11, `label ${i + 1}`);
    }
  }
});

test('scales: ends, ticks, and what lies between', () => {
  const linear = linearScale([0, 7.3], [0, 100], 5);
  assert.equal(linear.ticks, [0, 2, 4, 6, 8]);
  assert.equal([linear(0), linear(4), linear(8)], [0, 50, 100]);
  const log = logScale([1, 100], [200, 0]);
  assert.equal(log.ticks, [1, 2, 5, 10, 20, 50, 100]);
  assert.equal([log(1), log(10), log(100)], [200, 100, 0]);
  assert.equal(logScale([0.5, 5e4], [0, 1]).ticks, [1, 10, 100, 1000, 10000]);
  assert.equal([tickLabel(0.05), tickLabel(30), tickLabel(12000)], ['0.05', '30', '12,000']);
  assert.is(escapeXml(`<a href="x">&'`), '&#60;a href=&#34;x&#34;&#62;&#38;&#39;');
});

test.run();
