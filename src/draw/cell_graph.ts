// A cell as a graph with places, and as markup: its two inputs, its nodes, its output, an operation's name on every edge.
import type { CellKind, Edge } from '../arch/genotype.ts';
import { type PrimitiveKind, PRIMITIVE_KINDS, type Primitive, specOf } from '../arch/primitives.ts';
import type { EdgeChange } from './change.ts';
import {
  type Box,
  type Direction,
  edgePath,
  type PlacedEdge,
  type PlacedGraph,
  placeGraph,
  type Size,
} from './layout.ts';
import { type Drawing, element, escapeXml, group, text, tooltip } from './svg.ts';
import { textWidth } from './text_width.ts';

/** What cells are called in titles. */
export const CELL_TITLES: Readonly<Record<CellKind, string>> = {
  normal: 'Normal cell',
  reduce: 'Reduction cell',
};

/** An edge of a genotype. */
export interface EdgeRef {
  readonly kind: CellKind;
  /** The node that it goes to, 2 and up. */
  readonly node: number;
  /** Which of the node's two edges, 0 or 1. */
  readonly slot: number;
}

/** An edge's name in pictures, the value of `data-edge`: `normal:NODE:SLOT` or `reduce:NODE:SLOT`. */
export const edgeName = ({ kind, node, slot }: EdgeRef): string => `${kind}:${node}:${slot}`;

/** An operation as an edge's label: 'sep 3×3', 'skip', 'conv 1×7, 7×1'. The genotype's own name is in the tooltip. */
export function operationLabel(op: Primitive): string {
  const { kind, kernel } = specOf(op);
  if (kind === 'own') return op;
  if (kind === 'factorized_conv') return `conv 1×${kernel}, ${kernel}×1`;
  return PRIMITIVE_KINDS[kind].short + (kernel === 0 ? '' : ` ${kernel}×${kernel}`);
}

/** The class by which an operation's kind is coloured. */
const KIND_CLASSES: Readonly<Record<PrimitiveKind, string>> = {
  max_pool: 'nat-pooling',
  avg_pool: 'nat-pooling',
  skip_connect: 'nat-identity',
  sep_conv: 'nat-convolution',
  dil_conv: 'nat-convolution',
  conv: 'nat-convolution',
  factorized_conv: 'nat-convolution',
  own: 'nat-convolution',
  null: 'nat-null',
};

const [NODE, INPUT, CHIP_HEIGHT, CHIP_FONT] = [
  { width: 30, height: 30 },
  { width: 46, height: 32 },
  22,
  11.5,
] as const;

/** The output is as large as the ends of all that it concatenates need. */
function outputSize(count: number, direction: Direction): Size {
  const breadth = 12 * count + 8;
  return direction === 'right'
    ? { width: INPUT.width, height: Math.max(INPUT.height, breadth) }
    : { width: Math.max(INPUT.width, breadth), height: INPUT.height };
}

const chipWidth = (op: Primitive): number => Math.ceil(textWidth(operationLabel(op), CHIP_FONT)) + 12;

/** What is drawn of one edge. */
export interface EdgeLook {
  readonly ref: EdgeRef;
  readonly edge: Edge;
  readonly change: EdgeChange;
  /** What hovering it tells. */
  readonly tooltip: string;
}

/** The graph of one cell, or of several that differ in operations and outputs alone. */
export interface CellGraph {
  /** Every edge as it is in each of the cells: the labels of all of them find room. */
  readonly edges: readonly (readonly Edge[])[];
  /** Nodes that any of the cells concatenates. */
  readonly concat: readonly number[];
}

/** The two inputs of a cell and its output, which concatenates so many nodes, with their sizes. */
export const ends = (
  concatenated: number,
  direction: Direction,
): [first: [string, Size], second: [string, Size], output: [string, Size]] => [
  ['0', INPUT],
  ['1', INPUT],
  ['output', outputSize(concatenated, direction)],
];

/** Places for a cell. */
export function placeCell({ edges, concat }: CellGraph, direction: Direction): PlacedGraph {
  const inner = [...new Set(edges.map(([[, , to]]) => to))].sort((a, b) => a - b);
  const [first, second, output] = ends(concat.length, direction);
  const between = inner.map((node): [string, Size] => [String(node), NODE]);
  const nodes = new Map([first, second, ...between, output]);
  const labelled = edges.map((versions, i) => {
    const [, from, to] = versions[0]!;
    const label = { width: Math.max(...versions.map(([op]) => chipWidth(op))), height: CHIP_HEIGHT };
    return { name: `edge ${i}`, from: String(from), to: String(to), label };
  });
  const outputs = concat.map((node) => ({ name: `out ${node}`, from: String(node), to: 'output' }));
  return placeGraph({ nodes, edges: [...labelled, ...outputs] }, direction, ['0', '1']);
}

/** How a cell is drawn. */
export interface CellLook {
  /** One an edge, in the order of the graph that was placed. */
  readonly edges: readonly EdgeLook[];
  readonly concat: readonly number[];
  readonly direction: Direction;
  readonly interactive: boolean;
}

/** A cell as markup. */
export function cellDrawing(
  placed: PlacedGraph,
  { edges, concat, direction, interactive }: CellLook,
): Drawing {
  const outputs = concat.map((node) => {
    const way = wayMarkup(placed.edges.get(`out ${node}`)!, direction);
    return group({ class: 'nat-concat' }, [tooltip(`node ${node} is part of the output`), ...way]);
  });
  const ways = edges.map((look, i) => {
    return edgeMarkup(look, placed.edges.get(`edge ${i}`)!, direction, interactive);
  });
  const nodes = [...placed.nodes].map(([name, box]) => nodeMarkup(name, box));
  return { width: placed.width, height: placed.height, content: [...outputs, ...ways, ...nodes] };
}

/** 'sep_conv_3x3, node 0 to node 2'. */
export const describeEdge = ([op, from, to]: Edge): string => `${op}, node ${from} to node ${to}`;

/** The words with a caller's note on a line of its own. */
export const withNote = (words: string, note: string | undefined): string =>
  note === undefined ? words : `${words}\n${note}`;

function edgeMarkup(look: EdgeLook, way: PlacedEdge, direction: Direction, interactive: boolean): string {
  const { ref, edge, change } = look;
  const [op] = edge;
  const classes = [
    'nat-edge',
    KIND_CLASSES[specOf(op).kind],
    ...(change === 'kept' ? [] : [`nat-${change}`]),
  ];
  const attributes = {
    class: classes.join(' '),
    'data-edge': edgeName(ref),
    ...(interactive ? { tabindex: 0, role: 'button', 'aria-label': look.tooltip } : {}),
  };
  const path = edgePath(way.points, direction);
  return group(attributes, [
    tooltip(look.tooltip),
    ...(interactive ? [element('path', { class: 'nat-hit', d: path })] : []),
    ...wayMarkup(way, direction),
    chipMarkup(way.label!, op),
  ]);
}

/** A line and its arrow head. */
export function wayMarkup({ points }: PlacedEdge, direction: Direction): string[] {
  const { x, y } = points.at(-1)!;
  const d = direction === 'right' ? `M${x} ${y}l-8 -4v8z` : `M${x} ${y}l-4 -8h8z`;
  const tip = points.length - 1;
  const shortened = points.map((point, i) =>
    i < tip ? point : direction === 'right' ? { x: x - 6, y } : { x, y: y - 6 },
  );
  return [
    element('path', { class: 'nat-line', d: edgePath(shortened, direction) }),
    element('path', { class: 'nat-head', d }),
  ];
}

/** The size of an operation that is a box of its own. */
export const operationBoxSize = (op: Primitive): Size => ({
  width: chipWidth(op) + 8,
  height: CHIP_HEIGHT + 8,
});

/** An operation as a box of its own. */
export const operationBox = (op: Primitive, box: Box, words: string): string =>
  group({ class: KIND_CLASSES[specOf(op).kind] }, [tooltip(words), chipMarkup(box, op, box.width, 4)]);

function chipMarkup(
  { x, y, height }: Box,
  op: Primitive,
  width = chipWidth(op),
  rounding = height / 2,
): string {
  return group({ class: 'nat-chip' }, [
    element('rect', { x: x - width / 2, y: y - height / 2, width, height, rx: rounding }),
    text(x, y + 4, operationLabel(op), { anchor: 'middle' }),
  ]);
}

const INPUT_NAMES: Readonly<Record<string, readonly [subscript: string, meaning: string]>> = {
  '0': ['k−2', 'node 0: the output of the cell before the previous one'],
  '1': ['k−1', 'node 1: the output of the previous cell'],
  output: ['k', 'output: its nodes side by side, as channels'],
};

function nodeMarkup(name: string, box: Box): string {
  if (name in INPUT_NAMES) return endMarkup(name, box);
  const { x, y, width } = box;
  return group({ class: 'nat-node', 'data-node': name }, [
    tooltip(`node ${name}: the sum of its two edges`),
    element('circle', { cx: x, cy: y, r: width / 2 }),
    text(x, y + 4.5, name, { anchor: 'middle' }),
  ]);
}

/** An input, or the output. */
export function endMarkup(name: string, { x, y, width, height }: Box): string {
  const [subscript, meaning] = INPUT_NAMES[name]!;
  const words = `${escapeXml('c')}${element('tspan', { class: 'nat-sub', dy: 3 }, escapeXml(subscript))}`;
  return group({ class: 'nat-node nat-input', 'data-node': name }, [
    tooltip(meaning),
    element('rect', { x: x - width / 2, y: y - height / 2, width, height, rx: 7 }),
    element('text', { x, y: y + 4, 'text-anchor': 'middle' }, words),
  ]);
}
