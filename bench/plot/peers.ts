// The bar chart of bench:peers: for every benchmark, each library's time relative to this one's.
import { OURS, type PeersResult, titleOf } from '../peers/report.ts';
import { element, line } from '../../src/draw/svg.ts';
import { bottomAxis, COLORS, document, type Frame, linearScale, text } from './svg.ts';

const WIDTH = 960;
const BAR = 15;
const GAP = 16;
const LEFT = 250;
const RIGHT = 876;
const TOP = 104;

/** The picture as SVG text. */
export function peersSvg(result: PeersResult): string {
  const { rows, sizes, adapter, rounds, date } = result;
  const libraries = Object.keys(rows[0]?.times ?? {});
  const compared = rows.flatMap((row) => {
    const ours = row.times[OURS];
    return ours && 'ms' in ours ? [{ ...row, ours: ours.ms }] : [];
  });
  const height = (bars: number): number => bars * BAR + GAP;
  const bottom = TOP + compared.length * height(libraries.length);
  const frame: Frame = { left: LEFT, top: TOP, right: RIGHT, bottom };
  const relative = compared.flatMap(({ times, ours }) =>
    Object.values(times).flatMap((time) => ('ms' in time ? [time.ms / ours] : [])),
  );
  // what is more than ten times slower is cut off, and says so
  const most = Math.min(10, Math.max(1, ...relative));
  const x = linearScale([0, most], [frame.left, frame.right]);
  const bars = compared.flatMap(({ bench, times, ours }, i) => {
    const top = TOP + i * height(libraries.length) + GAP / 2;
    const title = titleOf(bench, sizes);
    const middle = top + (libraries.length * BAR) / 2 + 4;
    return [
      text(LEFT - 14, middle, title, { anchor: 'end' }),
      ...libraries.flatMap((library, j) => {
        const time = times[library];
        const y = top + j * BAR;
        if (!time || !('ms' in time))
          return [text(LEFT + 6, y + 11, 'n/a', { class: 'small', color: '#888' })];
        const ratio = time.ms / ours;
        const width = x(Math.min(ratio, x.domain[1])) - LEFT;
        const words = `${time.ms.toPrecision(3)} ms${library === OURS ? '' : `, ${ratio.toFixed(1)}x`}`;
        const inside = width > 120;
        return [
          element('rect', { x: LEFT, y, width, height: BAR - 2, fill: COLORS[j % COLORS.length]! }),
          text(LEFT + width + (inside ? -6 : 6), y + 11, words, {
            class: 'small',
            anchor: inside ? 'end' : 'start',
            ...(inside ? { color: '#fff' } : {}),
          }),
        ];
      }),
    ];
  });
  const { batch, channels, size } = sizes;
  const one = x(1);
  const what = `images ${batch}x${channels}x${size}x${size}, medians of ${rounds} rounds, ${date.slice(0, 10)}`;
  const title = `Time beside other WebGPU libraries on ${adapter.name}`;
  return document(WIDTH, bottom + 62, title, [
    text(28, 34, title, { class: 'title' }),
    text(28, 54, `fp32, ${what}; longer is slower`, { class: 'subtitle' }),
    ...libraries.flatMap((library, j) => [
      element('rect', { x: 28 + 170 * j, y: 68, width: 12, height: 12, fill: COLORS[j % COLORS.length]! }),
      text(46 + 170 * j, 78, library),
    ]),
    ...bottomAxis(x, frame, `time relative to ${OURS}`),
    ...bars,
    line(one, TOP, one, bottom, { class: 'axis', 'stroke-dasharray': '3 3' }),
  ]);
}
