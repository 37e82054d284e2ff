// The roofline of an adapter: what arithmetic and copying allow, and where every kernel stands below it. Kernels
// without multiply-adds stand in a second panel, as shares of the copy bandwidth.
import { type BenchResult, type Row, timeOf } from '../report/result.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Limits } from '../limits/limits.ts';
import { digits } from '../report/table.ts';
import { placeLabels } from './labels.ts';
import { element, line } from '../../src/draw/svg.ts';
import {
  bottomAxis,
  COLORS,
  document,
  type Frame,
  leftAxis,
  linearScale,
  logScale,
  type Scale,
  text,
} from './svg.ts';

const WIDTH = 1180;
const TOP = 84;
const LIST_LEFT = 734;
const ROW_HEIGHT = 17;
const RADIUS = 5;

/** Families of kernels by how their names begin, in the order of the legend. */
const FAMILIES = ['conv2d', 'depthwise', 'separable conv', 'factorized reduce', 'linear', 'spmm'] as const;

const colorOf = ({ name }: Row): string => {
  const family = FAMILIES.findIndex((start) => name.startsWith(start));
  return COLORS[family < 0 ? COLORS.length - 1 : family]!;
};

/** Forward, its gradients, or both: a disc, a ring, a disc in a ring. */
function mark(x: number, y: number, row: Row): string {
  const color = colorOf(row);
  const ring = (fill: string, r: number) =>
    element('circle', { cx: x, cy: y, r, fill, stroke: color, 'stroke-width': 1.8 });
  if (row.name.endsWith('forward and backward')) {
    return ring('#fff', RADIUS) + element('circle', { cx: x, cy: y, r: 2, fill: color });
  }
  return ring(row.name.endsWith('backward') ? '#fff' : color, RADIUS - 0.5);
}

interface Placed {
  readonly row: Row;
  readonly number: number;
  /** FLOP a byte, GFLOP/s. */
  readonly intensity: number;
  readonly gflops: number;
}

/** The picture as SVG text. Throws UserError where the result has no limits or no kernels. */
export function rooflineSvg(result: BenchResult): string {
  const { limits, adapter, benchmarks } = result;
  const kernels = benchmarks.filter(({ group, gbps }) => group === 'kernels' && gbps !== null);
  if (!limits || kernels.length === 0) {
    throw new UserError(
      `the results of ${adapter.name} hold no kernels beside limits; make them with npm run bench`,
    );
  }
  const placed = kernels
    .filter(({ gflops }) => gflops !== null)
    .toSorted((a, b) => b.gflops! - a.gflops!)
    .map((row, i) => ({ row, number: i + 1, intensity: row.gflops! / row.gbps!, gflops: row.gflops! }));
  const memory = kernels.filter(({ gflops }) => gflops === null).toSorted((a, b) => b.gbps! - a.gbps!);
  const listBottom = TOP + ROW_HEIGHT * (placed.length + 2);
  const roof: Frame = { left: 78, top: TOP, right: 700, bottom: Math.max(500, listBottom - 30) };
  const top = roof.bottom + 110;
  const height = top + memory.length * ROW_HEIGHT + 76;
  return document(WIDTH, height, `Roofline of ${adapter.name}`, [
    text(28, 34, `Roofline of ${adapter.name}`, { class: 'title' }),
    text(28, 54, `fp32, ${sizesOf(kernels)}; measured ${result.date.slice(0, 10)} with ${result.runtime}`, {
      class: 'subtitle',
    }),
    ...roofPanel(placed, limits, roof),
    ...kernelList(placed),
    ...memoryPanel(memory, limits.copy.rate, top),
  ]);
}

/** What most kernels were measured on. */
const sizesOf = (kernels: readonly Row[]): string => {
  const shape = kernels.find(({ name }) => name.startsWith('conv2d'))?.shape;
  return shape ? `images ${shape} unless said` : 'kernels';
};

function roofPanel(placed: readonly Placed[], { fma, copy, matmul }: Limits, frame: Frame): string[] {
  const ridge = fma.rate / copy.rate;
  const intensities = [...placed.map(({ intensity }) => intensity), ridge];
  const least = Math.min(Math.min(...intensities) / 1.6, ridge / 8);
  const x = logScale([least, Math.max(...intensities) * 1.6], [frame.left, frame.right]);
  const lowest = Math.min(...placed.map(({ gflops }) => gflops), fma.rate / 10);
  const y = logScale([lowest / 1.6, fma.rate * 1.8], [frame.bottom, frame.top]);
  const points = placed.map(({ intensity, gflops, number }) => ({
    x: x(intensity),
    y: y(gflops),
    words: String(number),
  }));
  const labels = placeLabels(points, RADIUS);
  return [
    ...bottomAxis(x, frame, 'arithmetic intensity: floating-point operations for each byte that must move'),
    ...leftAxis(y, frame, 'GFLOP/s'),
    ...roofs(x, y, frame.right, { ridge, fma: fma.rate, copy: copy.rate, matmul: matmul.rate }),
    ...placed.map(({ row }, i) => mark(points[i]!.x, points[i]!.y, row)),
    ...labels.map((at, i) =>
      text(at.x, at.y + 4, points[i]!.words, {
        anchor: 'middle',
        class: 'small',
        color: colorOf(placed[i]!.row),
      }),
    ),
  ];
}

function roofs(
  x: Scale,
  y: Scale,
  right: number,
  { ridge, fma, copy, matmul }: { ridge: number; fma: number; copy: number; matmul: number },
): string[] {
  const [least] = x.domain;
  // copying meets the left or the lower edge of the frame
  const from = Math.max(least, y.domain[0] / copy);
  const roof = { stroke: '#222', 'stroke-width': 2 };
  const [x1, y1, x2, y2] = [x(from), y(copy * from), x(ridge), y(fma)];
  const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
  // clear of where the matrix product's line, and its label, begin
  const crossing = (x(matmul / copy) - x1) / (x2 - x1);
  const middle = crossing < 0.5 ? 0.74 : 0.26;
  const [mx, my] = [x1 + middle * (x2 - x1), y1 + middle * (y2 - y1)];
  const turned = `rotate(${angle.toFixed(1)} ${mx.toFixed(1)} ${my.toFixed(1)})`;
  const matmulFrom = x(Math.max(least, matmul / copy));
  return [
    line(x1, y1, x2, y2, roof),
    line(x2, y2, right, y2, roof),
    text(mx, my - 8, `copying ${digits(copy)} GB/s`, { anchor: 'middle', transform: turned }),
    text(right, y2 - 8, `multiply-adds ${digits(fma)} GFLOP/s`, { anchor: 'end' }),
    line(matmulFrom, y(matmul), right, y(matmul), { stroke: '#777', 'stroke-dasharray': '6 4' }),
    text(matmulFrom + 26, y(matmul) - 7, `best matrix product ${digits(matmul)} GFLOP/s`, {
      class: 'subtitle',
    }),
  ];
}

/** The numbers of the points, with what stands behind them. */
function kernelList(placed: readonly Placed[]): string[] {
  const columns = { number: LIST_LEFT + 16, name: LIST_LEFT + 42, gflops: 1070, share: WIDTH - 28 };
  const rowAt = (i: number): number => TOP + 12 + (i + 1) * ROW_HEIGHT;
  const head = (x: number, words: string, anchor: 'start' | 'end') =>
    text(x, TOP + 8, words, { anchor, class: 'subtitle' });
  const key = rowAt(placed.length) + 10;
  return [
    head(columns.name, 'kernel', 'start'),
    head(columns.gflops, 'GFLOP/s', 'end'),
    head(columns.share, 'of the limit', 'end'),
    ...placed.flatMap(({ row, number, gflops }, i) => [
      text(columns.number, rowAt(i), String(number), { anchor: 'end', color: colorOf(row) }),
      mark(LIST_LEFT + 28, rowAt(i) - 4, row),
      text(columns.name, rowAt(i), row.name),
      text(columns.gflops, rowAt(i), digits(gflops), { anchor: 'end' }),
      text(columns.share, rowAt(i), `${Math.round(100 * (row.share ?? 0))}%`, { anchor: 'end' }),
    ]),
    text(columns.name, key, 'disc: forward; ring: its gradients; both: both together', {
      class: 'small subtitle',
    }),
  ];
}

/** Bars of GB/s below the copy bandwidth. */
function memoryPanel(rows: readonly Row[], copy: number, top: number): string[] {
  if (rows.length === 0) return [];
  const frame: Frame = { left: 262, top, right: WIDTH - 150, bottom: top + rows.length * ROW_HEIGHT + 8 };
  const most = Math.max(copy, ...rows.map(({ gbps }) => gbps!));
  const x = linearScale([0, most], [frame.left, frame.right]);
  return [
    text(28, top - 14, 'Kernels without multiply-adds', { class: 'heading' }),
    ...bottomAxis(x, frame, 'GB/s of the least traffic: inputs and outputs once'),
    ...rows.flatMap((row, i) => {
      const y = top + 6 + i * ROW_HEIGHT;
      const width = x(row.gbps!) - frame.left;
      const value = `${digits(row.gbps!)} GB/s, ${Math.round(100 * (row.gbps! / copy))}%, ${digits(1000 * timeOf(row))} us`;
      return [
        text(frame.left - 8, y + 10, row.name, { anchor: 'end' }),
        element('rect', { x: frame.left, y, width, height: ROW_HEIGHT - 4, fill: COLORS[0]!, class: 'bar' }),
        text(frame.left + width + 6, y + 10, value, { class: 'small' }),
      ];
    }),
    line(x(copy), top - 4, x(copy), frame.bottom, { stroke: '#222', 'stroke-width': 2 }),
    text(x(copy), top - 10, `copying ${digits(copy)} GB/s`, { anchor: 'middle', class: 'small' }),
  ];
}
