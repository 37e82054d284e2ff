// The picture of a whole network: a box for every part, as high as its images are large, with what each cell takes.
import { picture, type PictureOptions } from './picture.ts';
import type { Blueprint } from '../networks/registry.ts';
import { withMargin } from './cell.ts';
import { networkParts, type NetworkPart, type NetworkParts, type NetworkSizes } from './network_parts.ts';
import { type Drawing, element, group, line, text, tooltip } from './svg.ts';
import { textWidth } from './text_width.ts';

/** How a network is drawn. */
export interface NetworkPictureOptions extends PictureOptions, NetworkSizes {
  /** Whether the auxiliary head is drawn, where the network has one: true unless given. */
  readonly auxiliary?: boolean;
}

/** The whole network of an architecture as an SVG picture: stem, cells or blocks, heads, with channels and pixels. */
export function drawNetwork(blueprint: Blueprint, options: NetworkPictureOptions = {}): string {
  const { auxiliary = true, ...sizes } = options;
  const network = networkParts(blueprint, sizes);
  const title = options.title ?? `The network of ${blueprint.name}, setting ${blueprint.setting}`;
  const runs = runsOf(network.parts);
  const words = runs.map((run) => `${run.parts.length} × ${run.parts[0]!.name}, ${sizeWords(run.parts[0]!)}`);
  const drawing = rowDrawing(network, runs, auxiliary);
  return picture(withMargin(drawing), title, `${words.join('; ')}.`, options);
}

/** Neighbours that are alike. */
interface Run {
  /** Of its first part. */
  readonly first: number;
  readonly parts: readonly NetworkPart[];
}

function runsOf(parts: readonly NetworkPart[]): Run[] {
  const runs: { first: number; parts: NetworkPart[] }[] = [];
  parts.forEach((part, i) => {
    const last = runs.at(-1)?.parts[0];
    const same = last?.name === part.name && last.channels === part.channels && last.size === part.size;
    if (same) runs.at(-1)!.parts.push(part);
    else runs.push({ first: i, parts: [part] });
  });
  return runs;
}

const sizeWords = ({ kind, channels, size }: NetworkPart): string => {
  if (kind === 'head') return size === 1 ? `${channels}` : `${channels} channels`;
  return `${channels} channels, ${size}×${size}`;
};

/** Heights of boxes, for the largest and the smallest images. */
const [TALLEST, SHORTEST] = [120, 30];
const [BOX, GAP, RUN_GAP] = [18, 10, 24];
/** Room above the boxes for arcs and the auxiliary head. */
const ABOVE = 34;
/** Narrower boxes where a network has many parts. */
const MANY = 48;

interface PlacedPart {
  readonly part: NetworkPart;
  readonly x: number;
  readonly height: number;
}

function rowDrawing(
  { parts, takesTwo, auxiliaryAfter }: NetworkParts,
  runs: readonly Run[],
  auxiliary: boolean,
): Drawing {
  const box = parts.length > MANY ? 10 : BOX;
  const gap = parts.length > MANY ? 5 : GAP;
  const largest = Math.max(...parts.map(({ size }) => size));
  // areas would make what is small vanish, lengths what is large crowd everything out
  const heightOf = ({ size }: NetworkPart): number => Math.max(SHORTEST, TALLEST * Math.sqrt(size / largest));
  const middle = (takesTwo ? ABOVE : 0) + TALLEST / 2;
  const placed: PlacedPart[] = [];
  const labels: string[] = [];
  let x = 0;
  for (const run of runs) {
    const lines = labelLines(run);
    const own = run.parts.length * (box + gap) - gap;
    const width = Math.max(own, ...lines.map((words) => textWidth(words, 11)));
    run.parts.forEach((part, i) => {
      placed.push({ part, x: x + (width - own) / 2 + i * (box + gap), height: heightOf(part) });
    });
    lines.forEach((words, i) => {
      const classes = i === 0 ? 'nat-small' : 'nat-small nat-muted';
      labels.push(
        text(x + width / 2, middle + TALLEST / 2 + 22 + 15 * i, words, { anchor: 'middle', class: classes }),
      );
    });
    x += width + RUN_GAP;
  }
  const boxes = placed.map(({ part, x: left, height }) =>
    group({ class: `nat-node${CLASSES[part.kind]}` }, [
      tooltip(`${part.name}: ${sizeWords(part)}`),
      element('rect', { x: left, y: middle - height / 2, width: box, height, rx: 4 }),
    ]),
  );
  const flows = placed.slice(1).map(({ x: to }, i) => flowLine(placed[i]!.x + box, to, middle));
  const arcs = takesTwo ? arcsOf(placed, box, middle) : [];
  const head =
    auxiliary && auxiliaryAfter !== null ? auxiliaryDrawing(placed, auxiliaryAfter, box, middle) : [];
  const lines = Math.max(...runs.map((run) => labelLines(run).length));
  const height = middle + TALLEST / 2 + 14 + 15 * lines;
  return { width: x - RUN_GAP, height, content: [...arcs, ...flows, ...head, ...boxes, ...labels] };
}

const CLASSES: Readonly<Record<NetworkPart['kind'], string>> = {
  images: ' nat-plain',
  stem: ' nat-plain',
  normal: '',
  reduce: ' nat-reduction',
  tail: ' nat-plain',
  head: ' nat-plain',
};

function labelLines({ parts }: Run): string[] {
  const { kind, name, channels, size } = parts[0]!;
  const count = parts.length === 1 ? '' : `${parts.length} × `;
  if (kind === 'head') return [`${count}${name}`, String(channels)];
  return [...`${count}${name}`.split(', '), `${channels} ch.`, `${size}×${size}`];
}

const flowLine = (from: number, to: number, y: number): string =>
  `${line(from, y, to - 5, y, { class: 'nat-flow' })}${element('path', { class: 'nat-flow-head', d: `M${to} ${y}l-6 -3.5v7z` })}`;

/** What a cell takes besides the output of the one before it. */
function arcsOf(placed: readonly PlacedPart[], box: number, middle: number): string[] {
  return placed.flatMap(({ part, x, height }, i) => {
    const source = placed[i - 2];
    const isCell = part.kind === 'normal' || part.kind === 'reduce';
    // the stem is both inputs of the first cell
    if (!isCell || !source || source.part.kind === 'images') return [];
    const [from, to] = [source.x + box / 2 + 3, x + box / 2 - 3];
    const [top, end] = [middle - source.height / 2, middle - height / 2];
    const apex = Math.min(top, end) - 22;
    const d = `M${from} ${top}C${from} ${apex} ${to} ${apex} ${to} ${end}`;
    return [element('path', { class: 'nat-flow nat-thin', d })];
  });
}

function auxiliaryDrawing(
  placed: readonly PlacedPart[],
  after: number,
  box: number,
  middle: number,
): string[] {
  const { x, height } = placed[after]!;
  const [left, top] = [x + box + 16, 0];
  const words = 'auxiliary head, in training';
  const width = textWidth(words, 11) + 16;
  const start = x + box;
  return [
    element('path', {
      class: 'nat-flow nat-dashed',
      d: `M${start} ${middle - height / 2 + 5}H${start + 6}V${top + 11}H${left}`,
    }),
    group({ class: 'nat-node nat-plain' }, [
      element('rect', { x: left, y: top, width, height: 22, rx: 4 }),
      text(left + width / 2, top + 15, words, { anchor: 'middle', class: 'nat-small' }),
    ]),
  ];
}
